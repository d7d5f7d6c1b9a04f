package dev.rigbus.kernel.tree;

import org.jspecify.annotations.Nullable;

/** A driver that could not be made or started; says which. */
public final class DriverStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String path;
    private final String reason;

    DriverStartException(String path, Throwable cause) {
        super("driver " + path + " cannot start: " + reason(cause), cause);
        this.path = path;
        this.reason = reason(cause);
    }

    private DriverStartException(Throwable cause, String text) {
        super(text, cause);
        this.path = null;
        this.reason = text;
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Of the driver, if it is known which one it is. */
    public @Nullable String path() {
        return path;
    }

    /** Why it cannot start. */
    public String reason() {
        return reason;
    }

    /** The same, where it is not clear which exporter is meant. */
    static DriverStartException of(String exporter, Throwable cause) {
        return new DriverStartException(cause, "exporter " + exporter + ": " + cause.getMessage());
    }
}
