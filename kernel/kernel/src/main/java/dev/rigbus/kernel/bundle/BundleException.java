package dev.rigbus.kernel.bundle;

/** A bundle that cannot be used as it is; the text says which file, and why. */
public final class BundleException extends Exception {
    private static final long serialVersionUID = 1L;

    BundleException(String message) {
        super(message);
    }
}
