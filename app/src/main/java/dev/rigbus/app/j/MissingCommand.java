package dev.rigbus.app.j;

import picocli.CommandLine;

/** A group of commands was named, and none of them. */
final class MissingCommand extends CommandLine.ParameterException {
    private static final long serialVersionUID = 1L;

    MissingCommand(CommandLine group) {
        super(group, "Missing command.");
    }
}
