package dev.rigbus.app.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the configuration that Jumpstarter's own client would use. */
public final class ClientFiles {
    private ClientFiles() {}

    /** The one that {@code jmp config client use} has chosen; absent where none is. */
    public static @Nullable Path current(Map<String, String> environment) {
        Path home = home(environment);
        Path chosen = home.resolve("config.yaml");
        if (!Files.isRegularFile(chosen)) {
            return null;
        }
        Object config = YamlFile.read(chosen).values().get("config");
        Object alias = config instanceof Map<?, ?> map ? map.get("current-client") : null;
        Path file = alias == null ? null : home.resolve("clients").resolve(alias + ".yaml");
        return file != null && Files.isRegularFile(file) ? file : null;
    }

    private static Path home(Map<String, String> environment) {
        String own = environment.get("JMP_CLIENT_CONFIG_HOME");
        if (own != null) {
            return Path.of(own);
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.startsWith("/") ? Path.of(config) : Path.of(System.getProperty("user.home"), ".config");
        return base.resolve("jumpstarter");
    }
}
