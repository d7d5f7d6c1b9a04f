package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.driver.Names;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The command itself; what it can do are its commands. */
public final class Rigbus {
    static final List<Command> COMMANDS = List.of(
            new Demo(),
            new Shell(),
            new J(),
            new Up(),
            new Run(),
            new Check(),
            new DriverCommand(),
            new Dev(),
            new Apply(),
            new Delete(),
            new Drain(),
            new Bundle(),
            new Admin(),
            new Get(),
            new Create(),
            new Update(),
            new Explain(),
            new Completion(),
            new VersionCommand(),
            new Train());

    static final Flag LOG_LEVEL = new Flag(
            "--log-level",
            "LEVEL",
            "What to log: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL. Default: INFO, or RIGBUS_LOG_LEVEL.");

    private static final Flag VERSION = new Flag("--version", "-V", "", "Says which version this is.");

    /** What every command knows too. */
    static final List<Flag> COMMON = List.of(LOG_LEVEL, Flag.HELP);

    /** A client does it with leases, and an administrator with exporters. */
    private static final Set<String> OF_BOTH = Set.of("create", "update");

    private static final String FOOTER = """
            The launcher in a checkout also knows `rigbus build`: build anew from the sources. It does so by
            itself only where nothing has been built yet.

            Environment: RIGBUS_LOG_LEVEL, RIGBUS_PASSPHRASE, RIGBUS_JAVA (which Java), RIGBUS_JAVA_OPTS (its
            options), RIGBUS_EXTRA_CLASSPATH (jars with drivers).
            Exit codes: 0 done, 1 failed, 2 the command line makes no sense, 3 there is no such thing, 4 there is
            one already, 5 the lab cannot be reached, 6 not allowed.
            """;

    private Rigbus() {}

    /** Runs the command line to its end and returns the exit code. */
    public static int execute(PrintWriter out, PrintWriter err, String... line) {
        try {
            return run(new Console(out, err), line).number();
        } catch (ExitException e) {
            out.flush();
            err.flush();
            return e.code();
        }
    }

    static ExitCode execute(Console console, String... line) {
        try {
            return run(console, line);
        } catch (ExitException e) {
            return e.code() == 0 ? ExitCode.OK : ExitCode.FAILURE;
        }
    }

    private static ExitCode run(Console console, String... line) throws ExitException {
        PrintWriter out = console.out();
        PrintWriter err = console.err();
        List<String> words = new ArrayList<>(Arrays.asList(line));
        @Nullable Command command = null;
        try {
            // `--log-level DEBUG run` is what Jumpstarter has; the level may stand on either side of the command.
            Words before = Words.parse(takeUntilCommand(words), List.of(LOG_LEVEL, VERSION, Flag.HELP));
            if (before.has(Flag.HELP)) {
                out.print(Help.of(COMMANDS, List.of(LOG_LEVEL, VERSION, Flag.HELP), FOOTER));
                return ExitCode.OK;
            } else if (before.has(VERSION)) {
                out.println(Version.text());
                return ExitCode.OK;
            }
            command = find(words);
            return run(command, before, words, console);
        } catch (UsageException e) {
            err.println("rigbus: " + e.getMessage());
            err.println("Try 'rigbus " + (command == null ? "" : command.name() + " ") + "--help' for help.");
            return ExitCode.USAGE;
        } catch (CommandException e) {
            err.println(e.getMessage());
            return e.code();
        } catch (ConfigException e) {
            err.println(e.getMessage());
        } catch (ExitException e) {
            throw e;
        } catch (Exception e) {
            err.println("rigbus: this should not have happened; please report it with what follows");
            e.printStackTrace(err);
        } finally {
            out.flush();
            err.flush();
        }
        return ExitCode.FAILURE;
    }

    private static ExitCode run(Command command, Words before, List<String> line, Console console) throws Exception {
        List<Flag> known = new ArrayList<>(command.flags());
        known.addAll(COMMON);
        Words words = command.takesAll() ? new Words(new HashMap<>(), line) : Words.parse(line, known);
        if (words.has(Flag.HELP)) {
            console.out().print(Help.of(command, COMMON));
            return ExitCode.OK;
        }
        if (command.operands().isEmpty() && !words.operands().isEmpty()) {
            throw new UsageException(
                    "what is \"" + words.operands().get(0) + "\"? " + command.name() + " takes flags only");
        }
        if (before.has(LOG_LEVEL)) {
            words.flags().putIfAbsent(LOG_LEVEL.name(), before.values(LOG_LEVEL));
        }
        return command.run(words, console);
    }

    /** The level that the command line or the environment asks for. */
    static LogLevel logLevel(Words words, Map<String, String> environment) throws UsageException {
        String given = words.value(LOG_LEVEL);
        String name = given == null ? environment.getOrDefault("RIGBUS_LOG_LEVEL", "INFO") : given;
        try {
            return LogLevel.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UsageException(LOG_LEVEL.name() + " " + name + " (expected one of: "
                    + String.join(
                            ", ",
                            Arrays.stream(LogLevel.values()).map(Enum::name).toList()) + ")");
        }
    }

    /** Removes and returns what stands before the command. */
    private static List<String> takeUntilCommand(List<String> line) {
        List<String> taken = new ArrayList<>();
        while (!line.isEmpty() && line.get(0).startsWith("-")) {
            String flag = line.remove(0);
            taken.add(flag);
            if (flag.equals(LOG_LEVEL.name()) && !line.isEmpty()) {
                taken.add(line.remove(0));
            }
        }
        return taken;
    }

    private static Command find(List<String> line) throws UsageException {
        if (line.isEmpty()) {
            throw new UsageException("a command is missing");
        }
        if (line.size() > 1 && OF_BOTH.contains(line.get(0)) && line.get(1).equals("exporter")) {
            line.add(0, "admin");
        }
        String name = line.remove(0);
        for (Command command : COMMANDS) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        List<String> near =
                Names.nearest(name, COMMANDS.stream().map(Command::name).toList(), 1);
        throw new UsageException(
                "there is no command " + name + (near.isEmpty() ? "" : " (did you mean " + near.get(0) + "?)"));
    }
}
