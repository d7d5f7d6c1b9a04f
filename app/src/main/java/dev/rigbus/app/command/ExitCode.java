package dev.rigbus.app.command;

/** How the command ends. Scripts rely on these numbers: none changes its meaning, new ones come at the end. */
public enum ExitCode {
    /** It did what was asked; an exporter that was told to stop has stopped. */
    OK(0),
    /** It did not work out: a file with faults, a port in use, a device that does not answer. */
    FAILURE(1),
    /** The command line itself makes no sense. */
    USAGE(2);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
