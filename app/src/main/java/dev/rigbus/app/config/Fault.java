package dev.rigbus.app.config;

import java.nio.file.Path;

/**
 * One thing that is wrong with a file, and where.
 *
 * @param line counts from 1; 0 where the file as a whole is meant
 * @param key the path of the key, as {@code export.power.config.port}; empty where no key is meant
 */
public record Fault(Path file, int line, String key, String text) {
    @Override
    public String toString() {
        return file + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + text;
    }
}
