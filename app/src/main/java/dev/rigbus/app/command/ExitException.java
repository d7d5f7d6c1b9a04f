package dev.rigbus.app.command;

/** Ends the command with the exit code of another program. */
final class ExitException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    ExitException(int code) {
        super("exit code " + code);
        this.code = code;
    }

    int code() {
        return code;
    }
}
