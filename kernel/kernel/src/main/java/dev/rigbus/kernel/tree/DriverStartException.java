package dev.rigbus.kernel.tree;

/** A driver that could not be made or started; says which. */
public final class DriverStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DriverStartException(String path, Throwable cause) {
        super(
                "driver " + path + " cannot start: "
                        + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
                cause);
    }

    private DriverStartException(Throwable cause, String text) {
        super(text, cause);
    }

    /** The same, where it is not clear which exporter is meant. */
    static DriverStartException of(String exporter, Throwable cause) {
        return new DriverStartException(cause, "exporter " + exporter + ": " + cause.getMessage());
    }
}
