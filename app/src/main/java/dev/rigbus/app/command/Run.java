package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.config.ExporterFiles;
import dev.rigbus.app.config.Fault;
import dev.rigbus.app.log.Logs;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.Listener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code rigbus run}. */
@Command(name = "run", description = "Runs an exporter until it is told to stop.", sortOptions = false)
final class Run implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @ParentCommand
    private @Nullable Rigbus rigbus;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this text.")
    private boolean help;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Mixin
    private ListenerFlags flags = new ListenerFlags();

    /** Which file to read. */
    static final class Source {
        @Option(names = "--exporter-config", paramLabel = "FILE", description = "The exporter's configuration.")
        private @Nullable Path file;

        @Option(
                names = "--exporter",
                paramLabel = "NAME",
                description =
                        "The exporter by name: ~/.config/jumpstarter/exporters/NAME.yaml or /etc/jumpstarter/exporters/NAME.yaml.")
        private @Nullable String alias;

        Path path(Map<String, String> environment) throws ConfigException {
            return file != null ? file : ExporterFiles.find(Objects.requireNonNull(alias), environment);
        }
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = System.getenv();
        Listener listener = flags.listener(environment);
        ExporterFile file = ExporterFile.read(source.path(environment), environment);
        Collection<DriverType<?>> types = DriverTypes.load();
        List<Fault> faults = file.check(types);
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        Logs.level(Objects.requireNonNull(rigbus).logLevel());
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        flags.warnings().forEach(text -> err.println("warning: " + text));
        try {
            return new ExporterProcess(file, types, listener).run(out).number();
        } finally {
            Logs.stop();
        }
    }
}
