package dev.rigbus.driver;

import org.jspecify.annotations.Nullable;

/**
 * A failure that the client sees as it is: the reason as its status, the message as its text. Write the message for the person at
 * the other end: what was wrong, what was expected, what to do.
 */
public final class DriverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public DriverException(Reason reason, String message) {
        this(reason, message, null);
    }

    public DriverException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
