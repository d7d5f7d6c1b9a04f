package dev.rigbus.app.command;

/** How the command ends. Scripts rely on these numbers: none changes its meaning, new ones come at the end. */
public enum ExitCode {
    /** It did what was asked; an exporter that was told to stop has stopped. */
    OK(0),
    /** It did not work out: a file with faults, a port in use, a device that does not answer. */
    FAILURE(1),
    /** The command line itself makes no sense. */
    USAGE(2),
    /** There is nothing of that name. */
    NOT_FOUND(3),
    /** There is something of that name already, in the lab or as a file. */
    EXISTS(4),
    /** The lab does not answer, or cannot do it at the moment. */
    UNREACHABLE(5),
    /** The lab does not let one do it. */
    DENIED(6);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
