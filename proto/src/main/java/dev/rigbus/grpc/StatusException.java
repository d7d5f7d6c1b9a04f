package dev.rigbus.grpc;

import org.jspecify.annotations.Nullable;

/** A status that travels as an exception. Carries no stack trace: it tells of the other side, or of a refusal, not of a place here. */
public final class StatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;

    public StatusException(Code code, @Nullable String text) {
        this(new Status(code, text == null ? "" : text));
    }

    public StatusException(Status status) {
        super(status.toString(), null, false, false);
        this.status = status;
    }

    public Status status() {
        return status;
    }
}
