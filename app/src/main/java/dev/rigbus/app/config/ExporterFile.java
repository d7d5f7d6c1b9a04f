package dev.rigbus.app.config;

import dev.rigbus.driver.Problem;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The configuration file of an exporter, read; with what is wrong with it. */
public final class ExporterFile {
    private final YamlFile yaml;
    private final ExporterSpec spec;
    private final @Nullable String namespace;
    private final List<Fault> faults;

    private ExporterFile(YamlFile yaml, ExporterSpec spec, @Nullable String namespace, List<Fault> faults) {
        this.yaml = yaml;
        this.spec = spec;
        this.namespace = namespace;
        this.faults = faults;
    }

    /**
     * Reads a file; never throws, see {@link #faults()}.
     *
     * @param environment may give {@code JMP_NAME} and {@code JMP_NAMESPACE} where the file says nothing
     */
    public static ExporterFile read(Path file, Map<String, String> environment) {
        YamlFile yaml = YamlFile.read(file);
        return read(yaml, "", Settings.of("", yaml.values()), yaml.faults(), environment);
    }

    /** Reads what somebody else has read from a file. */
    public static ExporterFile of(Path file, String text, Map<String, String> environment) {
        YamlFile yaml = YamlFile.of(file, text);
        return read(yaml, "", Settings.of("", yaml.values()), yaml.faults(), environment);
    }

    /**
     * Reads an exporter that stands in another file.
     *
     * @param path where in it
     * @param settings what stands there
     */
    static ExporterFile part(YamlFile yaml, String path, Settings settings, Map<String, String> environment) {
        return read(yaml, path, settings, List.of(), environment);
    }

    private static ExporterFile read(
            YamlFile yaml, String path, Settings settings, List<Fault> known, Map<String, String> environment) {
        List<Fault> faults = new ArrayList<>(known);
        ExporterReader reader = new ExporterReader(environment, path);
        ExporterSpec spec = reader.read(settings);
        ExporterFile result = new ExporterFile(yaml, spec, reader.namespace(), faults);
        // What could not be parsed at all would only be told to lack everything.
        if (!yaml.values().isEmpty()) {
            try {
                settings.check();
            } catch (SettingsException e) {
                faults.addAll(result.locate(e.problems()));
            }
        }
        return result;
    }

    /** The file that it stands in, with others perhaps. */
    public Path path() {
        return yaml.file();
    }

    /** What the file says; stand-ins where it has faults. */
    public ExporterSpec spec() {
        return spec;
    }

    /** The namespace that it names, or the environment; absent for neither. */
    public @Nullable String namespace() {
        return namespace;
    }

    /** What is wrong with the file itself, whatever drivers there are. */
    List<Fault> faults() {
        return faults;
    }

    /** All that is wrong, with the file and with what these drivers say of it, in the order of the lines; touches no device. */
    public List<Fault> check(DriverCatalog catalog) {
        return yaml.values().isEmpty() ? faults : faultsWith(Exporter.check(spec, catalog));
    }

    /** What is wrong with the file itself, and problems that were found elsewhere, in the order of the lines. */
    public List<Fault> faultsWith(Collection<Problem> found) {
        return Stream.concat(faults.stream(), locate(found).stream())
                .distinct()
                .sorted(Comparator.comparingInt(Fault::line))
                .toList();
    }

    private List<Fault> locate(Collection<Problem> problems) {
        return problems.stream().map(yaml::fault).toList();
    }
}
