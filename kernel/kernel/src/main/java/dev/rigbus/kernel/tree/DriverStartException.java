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
}
