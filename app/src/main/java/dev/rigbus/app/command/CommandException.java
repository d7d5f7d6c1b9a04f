package dev.rigbus.app.command;

/** Ends the command with a text for the person who typed it, and without a stack trace. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandException(String text) {
        super(text);
    }

    CommandException(String text, Throwable cause) {
        super(text, cause);
    }
}
