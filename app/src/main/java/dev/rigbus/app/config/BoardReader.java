package dev.rigbus.app.config;

import dev.rigbus.app.config.NodeConfig.Board;
import dev.rigbus.driver.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the exporters of a node: a file each, or written out in the node's own file. */
final class BoardReader {
    private static final String KEY = "exporters";

    private final YamlFile yaml;
    private final Path folder;
    private final Map<String, String> environment;

    /** @param folder what paths are relative to */
    BoardReader(YamlFile yaml, Path folder, Map<String, String> environment) {
        this.yaml = yaml;
        this.folder = folder;
        // One name would be that of all of them.
        Map<String, String> rest = new HashMap<>(environment);
        rest.remove("JMP_NAME");
        this.environment = rest;
    }

    /** @param namespace of those that name none */
    List<Board> read(Settings node, String namespace) {
        environment.put("JMP_NAMESPACE", namespace);
        Object value = node.raw(KEY);
        if (value != null && !(value instanceof List)) {
            node.problem(KEY, value + " (expected: a list)");
        }
        List<Board> boards = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<?> list = value instanceof List<?> given ? given : List.of();
        for (int i = 0; i < list.size(); i++) {
            String at = KEY + "[" + i + "]";
            Board board = board(node, at, list.get(i), namespace);
            if (board == null) {
                continue;
            }
            boards.add(board);
            String name = board.file().spec().name();
            if (!name.isEmpty() && !names.add(board.namespace() + "/" + name)) {
                node.problem(at, "is the second exporter with the name " + name);
            }
        }
        return boards;
    }

    @SuppressWarnings("unchecked") // YamlValues makes no other maps
    private @Nullable Board board(Settings node, String at, @Nullable Object value, String namespace) {
        if (value instanceof String path) {
            return file(node, at, path, Map.of(), namespace);
        }
        if (!(value instanceof Map)) {
            node.problem(at, value + " (expected: the path of an exporter's file, or what stands in such a file)");
            return null;
        }
        Settings entry = Settings.of(at, (Map<String, ?>) value);
        Map<String, String> labels = entry.stringMap("labels");
        if (entry.has("file")) {
            String path = entry.string("file");
            check(node, at, entry);
            return file(node, at + ".file", path, labels, namespace);
        }
        ExporterFile file = ExporterFile.part(yaml, at, entry, environment);
        return new Board(file, or(file.namespace(), namespace), labels);
    }

    private @Nullable Board file(Settings node, String at, String path, Map<String, String> labels, String namespace) {
        Path file = folder.resolve(path);
        if (!Files.exists(file)) {
            node.problem(at, file + ": no such file");
            return null;
        }
        ExporterFile read = ExporterFile.read(file, environment);
        return new Board(read, or(read.namespace(), namespace), labels);
    }

    /** What is wrong with an entry belongs to the node's own problems. */
    private static void check(Settings node, String at, Settings entry) {
        try {
            entry.check();
        } catch (dev.rigbus.driver.SettingsException e) {
            e.problems().forEach(problem -> node.problem(problem.key(), problem.text()));
        }
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null ? otherwise : given;
    }
}
