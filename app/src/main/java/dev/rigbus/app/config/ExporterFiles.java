package dev.rigbus.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the file of an exporter that is named by its alias, where Jumpstarter looks for it too. */
public final class ExporterFiles {
    private static final Path SYSTEM = Path.of("/etc/jumpstarter/exporters");

    private ExporterFiles() {}

    /** The file of an alias: the user's own before that of the system. */
    public static Path find(String alias, Map<String, String> environment) throws ConfigException {
        return find(alias, List.of(userDirectory(environment), SYSTEM));
    }

    static Path find(String alias, List<Path> directories) throws ConfigException {
        if (alias.isEmpty()
                || alias.equals(".")
                || alias.equals("..")
                || alias.contains("/")
                || alias.contains("\\")
                || alias.indexOf(0) >= 0) {
            throw new ConfigException("--exporter \"" + alias + "\" (expected: a name, not a path)");
        }
        List<Path> places = new ArrayList<>();
        for (Path directory : directories) {
            places.add(directory.resolve(alias + ".yaml"));
        }
        return places.stream().filter(Files::exists).findFirst().orElseThrow(() -> missing(places));
    }

    private static ConfigException missing(List<Path> places) {
        String others = places.stream().skip(1).map(Path::toString).collect(Collectors.joining(", "));
        return new ConfigException(places.get(0) + ": no such file, nor is there " + others);
    }

    private static Path userDirectory(Map<String, String> environment) {
        String own = environment.get("JMP_CLIENT_CONFIG_HOME");
        if (own != null) {
            return Path.of(own, "exporters");
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        // The XDG rules pass over a relative path.
        Path base = config.startsWith("/") ? Path.of(config) : Path.of(System.getProperty("user.home"), ".config");
        return base.resolve("jumpstarter").resolve("exporters");
    }
}
