package dev.rigbus.driver;

/** Why a call failed, as far as the client can do something about it. Each is one gRPC status of the same name. */
public enum Reason {
    /** The arguments do not make sense for this driver, whatever state it is in. */
    INVALID_ARGUMENT,
    /** Something that the call names does not exist. */
    NOT_FOUND,
    /** The driver cannot do this at all. */
    UNIMPLEMENTED,
    /** The device, or the driver, is in a state that forbids this call. */
    FAILED_PRECONDITION,
    /** The caller may not do this. */
    PERMISSION_DENIED,
    /** Something has run out: space, handles, ports. */
    RESOURCE_EXHAUSTED,
    /** The device did not answer in time. */
    DEADLINE_EXCEEDED,
    /** The device cannot be reached now; trying again may help. */
    UNAVAILABLE,
    /** The device or its files failed. */
    INTERNAL,
    /** Anything else. */
    UNKNOWN
}
