package dev.rigbus.app.j;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.typed.ShellClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of the exporter's configuration. */
final class ShellCommands {
    private ShellCommands() {}

    @Command(description = "Shell command executor")
    private static final class Group extends GroupCommands {}

    static CommandLine of(ShellClient shell, DriverNode node, Io io) {
        CommandLine group = new CommandLine(new Group());
        for (String name : shell.methods()) {
            CommandLine method = new CommandLine(new Run(shell, name, io));
            method.setUnmatchedOptionsArePositionalParams(true);
            method.setStopAtPositional(true);
            String text = node.methodDescriptions().getOrDefault(name, "Execute the " + name + " shell method");
            method.getCommandSpec().usageMessage().description(text.replace("%", "%%"));
            group.addSubcommand(name, method);
        }
        return group;
    }

    @Command
    private static final class Run implements Callable<Integer> {
        private final ShellClient shell;
        private final String method;
        private final Io io;

        @Option(
                names = {"-e", "--env"},
                paramLabel = "KEY=VALUE",
                description = "A variable for it; may be repeated.")
        @Nullable
        List<String> environment;

        @Parameters(paramLabel = "ARGS")
        @Nullable
        List<String> arguments;

        @picocli.CommandLine.Spec
        CommandLine.Model.@Nullable CommandSpec spec;

        Run(ShellClient shell, String method, Io io) {
            this.shell = shell;
            this.method = method;
            this.io = io;
        }

        @Override
        public Integer call() {
            Map<String, String> variables = new LinkedHashMap<>();
            for (String each : environment == null ? List.<String>of() : environment) {
                int equals = each.indexOf('=');
                if (equals < 1) {
                    throw new CommandLine.ParameterException(
                            Objects.requireNonNull(spec).commandLine(),
                            "Invalid --env value '" + each + "'. Use KEY=VALUE.");
                }
                variables.put(each.substring(0, equals), each.substring(equals + 1));
            }
            return shell.run(
                    method,
                    variables,
                    arguments == null ? List.of() : arguments,
                    text -> {
                        io.out().print(text);
                        io.out().flush();
                    },
                    text -> {
                        io.err().print(text);
                        io.err().flush();
                    });
        }
    }
}
