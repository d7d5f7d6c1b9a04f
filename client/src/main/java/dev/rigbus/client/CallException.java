package dev.rigbus.client;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    /** What a person can do about it. */
    public String advice() {
        return "look at the exporter's log for what happened";
    }

    /** The driver has no such method, or none of the kind that was called. */
    public static final class MethodNotImplemented extends CallException {
        private static final long serialVersionUID = 1L;

        MethodNotImplemented(String text, Status status) {
            super(text, status);
        }

        @Override
        public String advice() {
            return "see the driver's client class for what it can do, and whether the exporter has this version of it";
        }
    }

    /** The arguments do not fit. */
    public static final class InvalidArgument extends CallException {
        private static final long serialVersionUID = 1L;

        InvalidArgument(String text, Status status) {
            super(text, status);
        }

        @Override
        public String advice() {
            return "correct the arguments as the text says";
        }
    }

    /** The exporter takes no calls now, for example while nobody holds a lease. */
    public static final class ExporterNotReady extends CallException {
        private static final long serialVersionUID = 1L;

        ExporterNotReady(String text, Status status) {
            super(text, status);
        }

        @Override
        public String advice() {
            return "wait until the session is LEASE_READY, or take a lease";
        }
    }

    /** Nobody answers any more: the connection, the exporter or the driver's process is gone. */
    public static final class Unavailable extends CallException {
        private static final long serialVersionUID = 1L;

        Unavailable(String text, Status status) {
            super(text, status);
        }

        @Override
        public String advice() {
            return "connect again; with a lease, see whether it still holds";
        }
    }

    /** The time for it is over. */
    public static final class DeadlineExceeded extends CallException {
        private static final long serialVersionUID = 1L;

        DeadlineExceeded(String text, Status status) {
            super(text, status);
        }

        @Override
        public String advice() {
            return "give it more time, or look at the exporter's log for what the driver waits for";
        }
    }

    /** What a thread waits for, in the words of its callers. */
    static <T extends @Nullable Object> T in(Supplier<T> waiting) {
        try {
            return waiting.get();
        } catch (StatusException e) {
            throw of(e);
        }
    }

    private static Status status(Throwable cause) {
        return cause instanceof StatusException e
                ? e.status()
                : new Status(Code.UNKNOWN, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    static CallException ofCall(String method, Throwable cause) {
        return ofCall(method, status(cause));
    }

    static CallException ofItems(Throwable cause) {
        return ofItems(status(cause));
    }

    static CallException of(Throwable cause) {
        return of(status(cause));
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
            case UNAVAILABLE -> new Unavailable(text, status);
            case DEADLINE_EXCEEDED -> new DeadlineExceeded(text, status);
            default -> new CallException(text, status);
        };
    }

    private static String shown(Status status) {
        return status.text().isEmpty() ? "<no details>" : status.text();
    }
}
