package dev.rigbus.kernel.tree;

import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.Outpost.Post;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Drivers of an exporter as one process describes them to another that is to run them.
 *
 * @param exporter those drivers alone, each tree of them under its path
 * @param uuids by node of the exporter, compared by identity
 */
public record Posts(ExporterSpec exporter, Map<NodeSpec, UUID> uuids) {
    public static JsonObject toJson(ExporterSpec exporter, List<Post> posts) {
        JsonArray all = new JsonArray();
        for (Post post : posts) {
            JsonObject children = new JsonObject();
            post.children().forEach((name, uuid) -> children.put(name, uuid.toString()));
            JsonObject json = new JsonObject()
                    .put("key", post.node().key())
                    .put("path", post.path())
                    .put("uuid", post.uuid().toString())
                    .put("description", post.node().description())
                    .put("children", children);
            if (post.node() instanceof DriverSpec driver) {
                json.put("type", driver.type())
                        .put("config", new JsonObject(new LinkedHashMap<>(driver.config())))
                        .put("methods", new JsonObject(new LinkedHashMap<>(driver.methodDescriptions())));
            }
            all.add(json);
        }
        return new JsonObject()
                .put("exporter", exporter.name())
                .put("python", exporter.python().environment())
                .put("packages", new JsonArray(exporter.python().packages()))
                .put("posts", all);
    }

    public static Posts of(JsonObject json) {
        Map<String, NodeSpec> made = new LinkedHashMap<>();
        Map<String, String> paths = new LinkedHashMap<>();
        Set<String> below = new HashSet<>();
        Map<NodeSpec, UUID> uuids = new IdentityHashMap<>();
        JsonArray posts = json.getJsonArray("posts");
        for (int i = 0; i < posts.size(); i++) {
            JsonObject post = posts.getJsonObject(i);
            Map<String, NodeSpec> children = new LinkedHashMap<>();
            // Children come first; those that are not among them run elsewhere.
            for (Map.Entry<String, Object> child : post.getJsonObject("children")) {
                NodeSpec known = made.get(child.getValue());
                if (known != null) {
                    children.put(child.getKey(), known);
                    below.add((String) child.getValue());
                }
            }
            String uuid = post.getString("uuid");
            NodeSpec node = node(post, children);
            made.put(uuid, node);
            uuids.put(node, UUID.fromString(uuid));
            paths.put(uuid, post.getString("path"));
        }
        Map<String, NodeSpec> export = new LinkedHashMap<>();
        made.forEach((uuid, node) -> {
            if (!below.contains(uuid)) {
                export.put(String.valueOf(paths.get(uuid)), node);
            }
        });
        PythonSpec python = new PythonSpec(
                json.getString("python"),
                json.getJsonArray("packages").stream().map(String.class::cast).toList());
        return new Posts(new ExporterSpec(json.getString("exporter"), null, export, null, null, python), uuids);
    }

    private static NodeSpec node(JsonObject post, Map<String, NodeSpec> children) {
        String key = post.getString("key");
        String type = post.getString("type");
        @Nullable String description = post.getString("description");
        if (type == null) {
            return new GroupSpec(key, description, children);
        }
        Map<String, String> methods = new LinkedHashMap<>();
        post.getJsonObject("methods").forEach(each -> methods.put(each.getKey(), String.valueOf(each.getValue())));
        return new DriverSpec(key, type, post.getJsonObject("config").getMap(), description, methods, children);
    }
}
