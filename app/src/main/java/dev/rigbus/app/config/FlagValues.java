package dev.rigbus.app.config;

import java.nio.file.Path;
import java.util.Map;

/** Settings that stand in a command line. */
public final class FlagValues {
    private FlagValues() {}

    /**
     * One setting, whose value is read as in a file.
     *
     * @param flag for messages
     */
    public static Map<String, Object> read(String flag, String key, String value) throws ConfigException {
        YamlFile yaml = YamlFile.of(Path.of(flag), key + ": " + value);
        if (!yaml.faults().isEmpty()) {
            throw new ConfigException(yaml.faults());
        }
        return yaml.values();
    }
}
