package dev.rigbus.kernel.bundle;

/** A source file that does not compile, or has no driver in it; the text has the compiler's own lines. */
public final class CompileException extends Exception {
    private static final long serialVersionUID = 1L;

    CompileException(String message) {
        super(message);
    }
}
