package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.log.LogLevel;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself; what it can do are its subcommands. */
@Command(
        name = "rigbus",
        description = "Puts the hardware of a test lab within reach of Jumpstarter clients.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {Demo.class, Run.class, Check.class, VersionCommand.class, Train.class},
        sortOptions = false,
        footer = {
            "",
            "The launcher in a checkout also knows `rigbus build`: build anew from the",
            "sources. It does so by itself only where nothing has been built yet.",
            "",
            "Environment: RIGBUS_LOG_LEVEL, RIGBUS_PASSPHRASE, RIGBUS_JAVA (which Java),",
            "RIGBUS_JAVA_OPTS (its options), RIGBUS_EXTRA_CLASSPATH (jars with drivers).",
            "Exit codes: 0 done, 1 failed, 2 the command line makes no sense."
        })
public final class Rigbus implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--log-level",
            scope = ScopeType.INHERIT,
            paramLabel = "LEVEL",
            defaultValue = "${env:RIGBUS_LOG_LEVEL:-INFO}",
            description = "What to log: ${COMPLETION-CANDIDATES}. Default: INFO, or RIGBUS_LOG_LEVEL.")
    private LogLevel logLevel = LogLevel.INFO;

    /** Runs the command line to its end. */
    public static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new Rigbus())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, words) -> misused(e))
                .setExecutionExceptionHandler((e, line, result) -> failed(e, line))
                .execute(arguments);
    }

    LogLevel logLevel() {
        return logLevel;
    }

    @Override
    public void run() {
        throw new ParameterException(spec().commandLine(), "a command is missing");
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }

    private static int misused(ParameterException e) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("rigbus: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().println("Try '" + line.getCommandSpec().qualifiedName() + " --help' for help.");
        }
        line.getErr().flush();
        return ExitCode.USAGE.number();
    }

    private static int failed(Exception e, CommandLine line) {
        if (e instanceof ConfigException || e instanceof CommandException) {
            line.getErr().println(e.getMessage());
        } else {
            line.getErr().println("rigbus: this should not have happened; please report it with what follows");
            e.printStackTrace(line.getErr());
        }
        line.getErr().flush();
        return ExitCode.FAILURE.number();
    }
}
