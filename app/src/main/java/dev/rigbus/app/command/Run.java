package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.config.ExporterFiles;
import dev.rigbus.app.config.Fault;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.app.log.Logs;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.bundle.DriverFiles;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus run}. */
final class Run implements Command {
    private static final Flag FILE = new Flag("--exporter-config", "FILE", "The exporter's configuration.");
    private static final Flag ALIAS = new Flag(
            "--exporter",
            "NAME",
            "Instead, the exporter by name: ~/.config/jumpstarter/exporters/NAME.yaml or"
                    + " /etc/jumpstarter/exporters/NAME.yaml.");

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "Runs an exporter until it is told to stop.";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(FILE, ALIAS, DriversFlag.FLAG));
        flags.addAll(ListenerFlags.FLAGS);
        return flags;
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Map<String, String> environment = System.getenv();
        LogLevel level = Rigbus.logLevel(words, environment);
        if (words.has(FILE) == words.has(ALIAS)) {
            throw new UsageException(
                    (words.has(FILE) ? "only one" : "one") + " of --exporter-config and --exporter should be given");
        }
        ListenerFlags flags = new ListenerFlags(words);
        Listener listener = flags.listener(environment);
        ExporterFile file = ExporterFile.read(path(words, environment), environment);
        DriverCatalog catalog = DriverTypes.load(DriverProcess::command);
        Logs.level(level);
        DriverFiles drivers = DriversFlag.load(words, catalog);
        List<Fault> faults = file.check(catalog);
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        flags.warnings().forEach(text -> console.err().println("warning: " + text));
        try {
            return new ExporterProcess(file, catalog, drivers, listener).run(console.out());
        } finally {
            Logs.stop();
        }
    }

    private static Path path(Words words, Map<String, String> environment) throws ConfigException {
        String file = words.value(FILE);
        return file == null ? ExporterFiles.find(String.valueOf(words.value(ALIAS)), environment) : Path.of(file);
    }
}
