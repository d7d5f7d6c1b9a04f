package dev.rigbus.app.j;

import dev.rigbus.client.CallException;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.typed.NetworkClient;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.SerialConsole;
import dev.rigbus.client.typed.ShellClient;
import dev.rigbus.client.typed.StorageClient;
import dev.rigbus.client.typed.StorageMuxClient;
import dev.rigbus.driver.Names;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of a tree of drivers. */
public final class Cli {
    /** Of a command that does not work out, and, as in the Python implementation, of one that makes no sense. */
    private static final int FAILURE = 1;

    /** In front of a line that is to be completed. */
    private static final String COMPLETE = "--complete";

    private Cli() {}

    /** Runs one command line; gives its exit code. */
    public static int run(DriverNode root, List<String> words, Io io) {
        CommandLine line = group(root, io);
        line.setCommandName("j");
        if (words.size() == 2 && words.get(0).equals(COMPLETE)) {
            complete(line, words.get(1), io);
            return 0;
        }
        PrintWriter out = new PrintWriter(io.out(), true);
        PrintWriter err = new PrintWriter(io.err(), true);
        // Taken for the sake of scripts; the exporter decides what it logs.
        line.getCommandSpec()
                .addOption(OptionSpec.builder("--log-level")
                        .type(String.class)
                        .hidden(true)
                        .build());
        withHelp(line);
        settings(line, io, out, err);
        return line.execute(words.toArray(String[]::new));
    }

    /** Says what the last word of a line may be, a line for each. */
    private static void complete(CommandLine top, String half, Io io) {
        List<String> words = new ArrayList<>(List.of(half.strip().split("\\s+")));
        if (half.endsWith(" ")) {
            words.add("");
        }
        CommandLine at = top;
        for (String word : words.subList(Math.min(1, words.size()), Math.max(1, words.size() - 1))) {
            at = at.getSubcommands().getOrDefault(word, at);
        }
        String last = words.get(words.size() - 1);
        Stream.concat(at.getSubcommands().keySet().stream(), at.getCommandSpec().optionsMap().keySet().stream())
                .filter(each -> each.startsWith(last) && (last.startsWith("-") || !each.startsWith("-")))
                .sorted()
                .forEach(io.out()::println);
    }

    private static void withHelp(CommandLine line) {
        line.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Shows this text.")
                        .build());
        line.getSubcommands().values().forEach(Cli::withHelp);
    }

    private static void settings(CommandLine line, Io io, PrintWriter out, PrintWriter err) {
        line.setOut(out);
        line.setErr(err);
        boolean colours = io.isOutputTerminal() && System.getenv("NO_COLOR") == null;
        line.setColorScheme(CommandLine.Help.defaultColorScheme(colours ? Ansi.ON : Ansi.OFF));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err));
        line.setParameterExceptionHandler((failure, words) -> misused(failure, err));
    }

    private static int misused(CommandLine.ParameterException failure, PrintWriter err) {
        CommandLine command = failure.getCommandLine();
        if (failure instanceof MissingCommand) {
            command.usage(err);
            return FAILURE;
        }
        String text = failure.getMessage();
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched
                && !command.getSubcommands().isEmpty()
                && !unmatched.isUnknownOption()) {
            String word = unmatched.getUnmatched().get(0);
            List<String> near = Names.nearest(word, command.getSubcommands().keySet(), 1);
            text = "No such command '" + word + "'." + (near.isEmpty() ? "" : " Did you mean '" + near.get(0) + "'?");
        }
        err.println("Usage: " + command.getCommandSpec().qualifiedName() + " [OPTIONS]"
                + (command.getSubcommands().isEmpty() ? "" : " COMMAND [ARGS]..."));
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for help.");
        err.println();
        err.println("Error: " + text);
        return FAILURE;
    }

    private static int failed(Exception failure, PrintWriter err) throws Exception {
        if (failure instanceof CallException e) {
            err.println("Error: " + e.getMessage());
            return FAILURE;
        }
        if (failure instanceof IOException
                || failure instanceof UncheckedIOException
                || failure instanceof IllegalArgumentException
                || failure instanceof CancellationException
                || failure instanceof IllegalStateException) {
            err.println("Error: " + (failure.getMessage() == null ? failure : failure.getMessage()));
            return FAILURE;
        }
        throw failure;
    }

    private static CommandLine group(DriverNode node, Io io) {
        CommandLine line = own(node, io);
        CommandSpec spec = line.getCommandSpec();
        if (!node.description().isEmpty()) {
            spec.usageMessage().description(node.description().replace("%", "%%"));
        }
        node.children().forEach((name, child) -> {
            if (!line.getSubcommands().containsKey(name)) {
                line.addSubcommand(name, group(child, io));
            }
        });
        node.methodDescriptions().forEach((name, text) -> {
            CommandLine method = line.getSubcommands().get(name.replace('_', '-'));
            if (method != null) {
                method.getCommandSpec().usageMessage().description(text.replace("%", "%%"));
            }
        });
        return line;
    }

    /** What a driver itself can do. */
    private static CommandLine own(DriverNode node, Io io) {
        if (node.clientClass().endsWith(".StorageMuxFlasherClient")) {
            return new CommandLine(new MuxFlasherCommands(node, io));
        }
        Object client = node.client();
        if (client instanceof PowerClient power) {
            return new CommandLine(new PowerCommands(power, io));
        } else if (client instanceof SerialConsole serial) {
            return new CommandLine(new SerialCommands(serial, io));
        } else if (client instanceof NetworkClient network) {
            return new CommandLine(new NetworkCommands(network, io));
        } else if (client instanceof StorageClient storage) {
            return new CommandLine(new StorageCommands(storage, node, io));
        } else if (client instanceof FlasherClient flasher) {
            return new CommandLine(new FlasherCommands(flasher, io));
        } else if (client instanceof StorageMuxClient mux) {
            return new CommandLine(new MuxCommands(mux, io));
        } else if (client instanceof ShellClient shell) {
            return ShellCommands.of(shell, node, io);
        } else if (node.children().isEmpty() || !node.methodDescriptions().isEmpty()) {
            return new CommandLine(new GenericCommands(node, io));
        }
        return new CommandLine(new GroupCommands());
    }
}
