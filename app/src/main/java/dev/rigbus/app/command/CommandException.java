package dev.rigbus.app.command;

/** Ends the command with a text for the person who typed it, and without a stack trace. */
final class CommandException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    CommandException(String text) {
        super(text);
        this.code = ExitCode.FAILURE;
    }

    CommandException(String text, Throwable cause) {
        this(ExitCode.FAILURE, text, cause);
    }

    CommandException(ExitCode code, String text, Throwable cause) {
        super(text, cause);
        this.code = code;
    }

    ExitCode code() {
        return code;
    }
}
