package dev.rigbus.client;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;

/** A call that the exporter, or a driver on it, did not carry out. The subclasses are the cases that a program may want to tell apart. */
public class CallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final String details;

    CallException(String text, Status status) {
        super(text);
        this.code = status.code();
        this.details = status.text();
    }

    /** The status in the terms of gRPC. */
    public Code code() {
        return code;
    }

    /** What the other side says of it; may be empty. */
    public String details() {
        return details;
    }

    /** The driver has no such method, or none of the kind that was called. */
    public static final class MethodNotImplemented extends CallException {
        private static final long serialVersionUID = 1L;

        MethodNotImplemented(String text, Status status) {
            super(text, status);
        }
    }

    /** The arguments do not fit. */
    public static final class InvalidArgument extends CallException {
        private static final long serialVersionUID = 1L;

        InvalidArgument(String text, Status status) {
            super(text, status);
        }
    }

    /** The exporter takes no calls now, for example while nobody holds a lease. */
    public static final class ExporterNotReady extends CallException {
        private static final long serialVersionUID = 1L;

        ExporterNotReady(String text, Status status) {
            super(text, status);
        }
    }

    /** For a call with one answer; the text is that of stock clients. */
    static CallException ofCall(String method, Status status) {
        String text = "DriverCall '" + method + "' failed with gRPC " + status.code() + ": " + shown(status);
        return status.code() == Code.NOT_FOUND ? new MethodNotImplemented(text, status) : of(text, status);
    }

    /** For a streaming call: the details alone, and an unknown method is nothing special. */
    static CallException ofItems(Status status) {
        return of(shown(status), status);
    }

    /** For what is no call of a driver's method. */
    static CallException of(Status status) {
        return of(status.code() + ": " + shown(status), status);
    }

    private static CallException of(String text, Status status) {
        return switch (status.code()) {
            case FAILED_PRECONDITION -> new ExporterNotReady(shown(status), status);
            case UNIMPLEMENTED -> new MethodNotImplemented(text, status);
            case INVALID_ARGUMENT -> new InvalidArgument(text, status);
            default -> new CallException(text, status);
        };
    }

    private static String shown(Status status) {
        return status.text().isEmpty() ? "<no details>" : status.text();
    }
}
