package dev.rigbus.app.config;

import dev.rigbus.app.config.NodeConfig.Board;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.kernel.nodes.NodeOutposts;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration file of a node, read; with what is wrong with it. */
public final class NodeFile {
    private final NodeConfig config;
    private final List<Fault> faults;

    private NodeFile(NodeConfig config, List<Fault> faults) {
        this.config = config;
        this.faults = faults;
    }

    /** Reads a file; never throws, see {@link #check}. */
    public static NodeFile read(Path file, Map<String, String> environment) {
        return read(YamlFile.read(file), environment);
    }

    static NodeFile read(YamlFile yaml, Map<String, String> environment) {
        Path parent = yaml.file().getParent();
        Path folder = parent == null ? Path.of("") : parent;
        Settings settings = Settings.of("", yaml.values());
        NodeReader reader = new NodeReader(folder, new BoardReader(yaml, folder, environment));
        NodeConfig config = reader.read(settings);
        List<Fault> faults = new ArrayList<>(yaml.faults());
        List<Settings> all = new ArrayList<>(reader.parts());
        all.add(settings);
        all.forEach(each -> addFaults(each, yaml, faults));
        return new NodeFile(config, faults);
    }

    private static void addFaults(Settings settings, YamlFile yaml, List<Fault> into) {
        try {
            settings.check();
        } catch (SettingsException e) {
            e.problems().stream().map(yaml::fault).forEach(into::add);
        }
    }

    static NodeConfig usual() {
        YamlFile nothing = new YamlFile(Path.of(""), Map.of(), new Lines(), List.of());
        return read(nothing, Map.of()).config();
    }

    /** Whether a file is that of a node, not that of an exporter, as far as it can be told. */
    public static boolean isMeant(Path file) {
        Map<String, Object> values = YamlFile.read(file).values();
        Object version = values.get("apiVersion");
        return "Node".equals(values.get("kind")) || (version instanceof String text && text.startsWith("rigbus.dev/"));
    }

    /** What the file says; stand-ins where it has faults. */
    public NodeConfig config() {
        return config;
    }

    /** All that is wrong, with the file and with those of its exporters, in the order of the lines; touches no device. */
    public List<Fault> check(DriverCatalog catalog) {
        List<Fault> all = new ArrayList<>(faults);
        DriverCatalog inLab = catalog.with(NodeOutposts.unplaced(catalog));
        for (Board board : config.boards()) {
            all.addAll(board.file().check(inLab));
        }
        // Stable: what belongs to one file stays together.
        @Nullable Path own = faults.isEmpty() ? null : faults.get(0).file();
        return all.stream()
                .distinct()
                .sorted(Comparator.<Fault, Boolean>comparing(
                                fault -> !fault.file().equals(own))
                        .thenComparing(fault -> fault.file().toString())
                        .thenComparingInt(Fault::line))
                .toList();
    }
}
