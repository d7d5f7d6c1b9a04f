package dev.rigbus.app.command;

/** The command line makes no sense. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String text) {
        super(text);
    }
}
