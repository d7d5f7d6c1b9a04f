package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.Fault;
import dev.rigbus.app.config.HostPort;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.app.config.NodeFile;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.app.log.Logs;
import dev.rigbus.app.node.LabNode;
import dev.rigbus.app.node.LiveDrivers;
import dev.rigbus.app.node.NodeException;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code rigbus up}. */
final class Up implements Command {
    private static final Flag CONFIG = new Flag("--config", "FILE", "The node's configuration.");
    private static final Flag DATA = new Flag(
            "--data",
            "DIR",
            "Where it keeps the lab's records and its keys. Default: /var/lib/rigbus for root, else ~/.local/state/rigbus.");
    private static final Flag LISTEN = new Flag(
            "--listen", "HOST:PORT", "Where clients, exporters and other nodes connect. Default: 0.0.0.0:8082.");
    private static final Flag ADVERTISE =
            new Flag("--advertise", "HOST:PORT", "What they are told to connect to. Default: this host and that port.");
    private static final Flag JOIN = new Flag("--join", "HOST,...", "Other nodes of the lab.");
    private static final Flag JOIN_TOKEN = new Flag(
            "--join-token-file",
            "FILE",
            "What `rigbus admin create node` gave, for the first start of a further node.");
    private static final Flag NAME = new Flag("--name", "NAME", "The node's name. Default: that of the host.");
    private static final Flag METRICS =
            new Flag("--metrics-listen", "HOST:PORT", "Where measurements and health are served. Default: nowhere.");

    @Override
    public String name() {
        return "up";
    }

    @Override
    public String summary() {
        return "Runs a node of a lab: leases, router, and the exporters of its configuration.";
    }

    @Override
    public List<Flag> flags() {
        return List.of(CONFIG, DATA, LISTEN, ADVERTISE, JOIN, JOIN_TOKEN, NAME, METRICS, DriversFlag.FLAG);
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Map<String, String> environment = System.getenv();
        LogLevel level = Rigbus.logLevel(words, environment);
        DriverCatalog catalog = DriverTypes.load(DriverProcess::command);
        NodeFile file =
                words.has(CONFIG) ? NodeFile.read(Path.of(String.valueOf(words.value(CONFIG))), environment) : null;
        NodeConfig config = flags(words, file == null ? NodeConfig.usual() : file.config());
        Path data = config.data() == null ? DataFolder.usual(environment) : config.data();
        Logs.level(level);
        try {
            LiveDrivers drivers = LiveDrivers.load(config, data, catalog);
            List<Fault> faults = file == null ? List.of() : file.check(drivers.catalogOf(config, data));
            if (!faults.isEmpty()) {
                throw new ConfigException(faults);
            }
            return serve(words.value(CONFIG), config, data, drivers, console);
        } finally {
            Logs.stop();
        }
    }

    private static NodeConfig flags(Words words, NodeConfig config) throws UsageException {
        HostPort listen = address(words, LISTEN, "0.0.0.0");
        HostPort advertise = address(words, ADVERTISE, "");
        HostPort metrics = address(words, METRICS, "127.0.0.1");
        String data = words.value(DATA);
        String token = words.value(JOIN_TOKEN);
        return new NodeConfig(
                words.value(NAME) == null ? config.name() : words.value(NAME),
                config.labels(),
                listen == null ? config.listen() : listen,
                advertise == null ? config.advertise() : advertise,
                data == null ? config.data() : Path.of(data),
                config.namespace(),
                words.value(JOIN) == null ? config.join() : others(words),
                token == null ? config.joinToken() : Path.of(token),
                config.beacon(),
                config.tls(),
                config.database(),
                config.boards(),
                config.authentication(),
                config.leasePolicy(),
                config.hiddenLabels(),
                config.deprecatedLabels(),
                metrics == null ? config.metrics() : metrics,
                words.value(DriversFlag.FLAG) == null
                        ? config.drivers()
                        : Path.of(String.valueOf(words.value(DriversFlag.FLAG))),
                config.bundles(),
                config.eventLoops());
    }

    private static List<HostPort> others(Words words) throws UsageException {
        List<HostPort> others = new ArrayList<>();
        for (String word : String.valueOf(words.value(JOIN)).split(",", -1)) {
            others.add(parsed(JOIN, word, ""));
        }
        return others;
    }

    private static @Nullable HostPort address(Words words, Flag flag, String host) throws UsageException {
        String value = words.value(flag);
        return value == null ? null : parsed(flag, value, host);
    }

    private static HostPort parsed(Flag flag, String text, String host) throws UsageException {
        HostPort address = HostPort.parse(text, host, NodeConfig.PORT);
        if (address == null || address.host().isEmpty()) {
            throw new UsageException(flag.name() + " " + text + " (expected: HOST:PORT)");
        }
        return address;
    }

    private static ExitCode serve(
            @Nullable String file, NodeConfig config, Path data, LiveDrivers drivers, Console console)
            throws CommandException, InterruptedException {
        Logger log = LoggerFactory.getLogger("rigbus");
        var end = StopSignals.install().first();
        try {
            LabNode node = LabNode.start(file == null ? null : Path.of(file), config, data, drivers, Version.text());
            console.out().println("ready: node " + node.name() + " on " + node.endpoint() + " (TLS)");
            console.out().flush();
            log.info("stopping on {}", end.join());
            node.stop();
            return ExitCode.OK;
        } catch (NodeException e) {
            throw new CommandException("rigbus: the node cannot start: " + e.getMessage(), e);
        }
    }
}
