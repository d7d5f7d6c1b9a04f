package dev.rigbus.app.node;

import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.config.Fault;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.kernel.tree.DriverCatalog;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An exporter that was applied from afar: a record of the lab, which one node carries out.
 *
 * @param node which one
 * @param file what it was called where it came from, for messages
 * @param text what stands in it
 */
record Definition(String node, String file, String text, String namespace, Map<String, String> labels) {
    static final String KIND = "board";

    ExporterFile read() {
        return ExporterFile.of(Path.of(file), text, Map.of("JMP_NAMESPACE", namespace));
    }

    NodeConfig.Board board() {
        ExporterFile read = read();
        String named = read.namespace();
        return new NodeConfig.Board(read, named == null ? namespace : named, labels);
    }

    /** Everything that is wrong with it. */
    List<String> faults(DriverCatalog catalog) {
        ExporterFile read = read();
        List<String> all = new ArrayList<>(
                read.check(catalog).stream().map(Fault::toString).toList());
        if (all.isEmpty() && read.spec().name().isEmpty()) {
            all.add(file + ": metadata.name: is missing");
        }
        return all;
    }

    Definition with(Map<String, String> other) {
        return new Definition(node, file, text, namespace, other);
    }

    JsonObject json() {
        return new JsonObject()
                .put("node", node)
                .put("file", file)
                .put("text", text)
                .put("namespace", namespace)
                .put("labels", new JsonObject(new TreeMap<>(labels)));
    }

    static Definition of(JsonObject json) {
        Map<String, String> labels = new LinkedHashMap<>();
        json.getJsonObject("labels").forEach(each -> labels.put(each.getKey(), (String) each.getValue()));
        return new Definition(
                json.getString("node"),
                json.getString("file"),
                json.getString("text"),
                json.getString("namespace"),
                labels);
    }
}
