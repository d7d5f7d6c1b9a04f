package dev.rigbus.app.node;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which content of a bundle each node is to serve: a record of the lab.
 *
 * @param contents what is known of each, by its hash
 * @param current hash by node; {@link #EVERYWHERE} for all that are not named
 * @param previous the same before the last change; what a rollback leads to; empty for nothing
 */
record BundleRecord(Map<String, Content> contents, Map<String, String> current, Map<String, String> previous) {
    static final String KIND = "bundle";
    static final String EVERYWHERE = "*";

    /** @param api the versions of the driver API that it can live with */
    record Content(String version, String api, List<String> rights) {
        private JsonObject json() {
            return new JsonObject().put("version", version).put("api", api).put("rights", new JsonArray(rights));
        }

        static Content of(JsonObject json) {
            return new Content(
                    json.getString("version"),
                    json.getString("api"),
                    json.getJsonArray("rights").stream().map(String::valueOf).toList());
        }
    }

    static BundleRecord none() {
        return new BundleRecord(Map.of(), Map.of(), Map.of());
    }

    @Nullable
    String on(String node) {
        return on(current, node);
    }

    private static @Nullable String on(Map<String, String> map, String node) {
        return map.getOrDefault(node, map.get(EVERYWHERE));
    }

    /** What a rollback would have a node serve. */
    @Nullable
    String before(String node) {
        return on(previous, node);
    }

    String version(@Nullable String hash) {
        Content content = hash == null ? null : contents.get(hash);
        return content == null ? "" : content.version();
    }

    /** With another wish; what was there before can be gone back to. */
    BundleRecord with(Map<String, String> wanted, Map<String, Content> more) {
        Map<String, Content> known = new LinkedHashMap<>(contents);
        known.putAll(more);
        Set<String> used = new HashSet<>(wanted.values());
        used.addAll(current.values());
        known.keySet().retainAll(used);
        return new BundleRecord(known, Map.copyOf(wanted), current);
    }

    BundleRecord rolledBack() {
        return new BundleRecord(contents, previous, current);
    }

    JsonObject json() {
        JsonObject known = new JsonObject();
        contents.forEach((hash, content) -> known.put(hash, content.json()));
        return new JsonObject()
                .put("contents", known)
                .put("current", new JsonObject(new TreeMap<>(current)))
                .put("previous", new JsonObject(new TreeMap<>(previous)));
    }

    static BundleRecord of(JsonObject json) {
        Map<String, Content> contents = new LinkedHashMap<>();
        json.getJsonObject("contents")
                .forEach(each -> contents.put(each.getKey(), Content.of((JsonObject) each.getValue())));
        return new BundleRecord(
                contents, strings(json.getJsonObject("current")), strings(json.getJsonObject("previous")));
    }

    private static Map<String, String> strings(JsonObject json) {
        Map<String, String> all = new TreeMap<>();
        json.forEach(each -> all.put(each.getKey(), String.valueOf(each.getValue())));
        return all;
    }
}
