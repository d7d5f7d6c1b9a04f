package dev.rigbus.app.j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every group of commands has in common. */
@Command(description = "Generic composite device", subcommandsRepeatable = false)
class GroupCommands implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    /** What the words of one of its commands were, that make no sense. */
    CommandLine.ParameterException wrong(String command, String text) {
        CommandLine group = Objects.requireNonNull(spec).commandLine();
        return new CommandLine.ParameterException(group.getSubcommands().getOrDefault(command, group), text);
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new MissingCommand(Objects.requireNonNull(spec).commandLine());
    }
}
