package dev.rigbus.app.config;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the keys of a file stand, by their path as {@code export.power.config.ports[0]}. */
final class Lines {
    private final Map<String, Integer> lines = new HashMap<>();
    private final Map<String, String> surprises = new HashMap<>();

    void put(String path, int line) {
        lines.put(path, line);
    }

    /** Notes that the value of a key is text here and something else to a reader of YAML 1.1. */
    void surprise(String path, String text) {
        surprises.put(path, text);
    }

    /** The line of a key; of the nearest key around it if it is not in the file. */
    int of(String path) {
        for (String at = path; !at.isEmpty(); at = around(at)) {
            Integer line = lines.get(at);
            if (line != null) {
                return line;
            }
        }
        return lines.getOrDefault("", 1);
    }

    @Nullable
    String surpriseAt(String path) {
        return surprises.get(path);
    }

    private static String around(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
}
