package dev.rigbus.app.config;

import dev.rigbus.driver.Settings;
import dev.rigbus.kernel.session.HookSpec;
import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.GroupSpec;
import dev.rigbus.kernel.tree.NodeSpec.RefSpec;
import dev.rigbus.kernel.tree.PythonSpec;
import dev.rigbus.kernel.tree.Whereabouts;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what Jumpstarter calls an ExporterConfig. Whoever calls checks the settings afterwards. */
final class ExporterReader {
    private static final Duration HOOK_TIMEOUT = Duration.ofSeconds(120);

    private final Map<String, String> environment;
    private final String path;
    private @Nullable String namespace;

    /** @param path where in the file it stands, as {@code exporters[0]}; empty for the whole file */
    ExporterReader(Map<String, String> environment, String path) {
        this.environment = environment;
        this.path = path;
    }

    /** Of what was read last; absent where neither the file nor the environment says it. */
    @Nullable
    String namespace() {
        return namespace;
    }

    ExporterSpec read(Settings file) {
        file.oneOf("apiVersion", "jumpstarter.dev/v1alpha1", "jumpstarter.dev/v1alpha1");
        file.oneOf("kind", "ExporterConfig", "ExporterConfig");
        acceptUnused(file);
        String name = metadata(file.section("metadata"));
        Map<String, NodeSpec> export = nodes(file, "export", path.isEmpty() ? "export" : path + ".export");
        Settings hooks = file.section("hooks");
        return new ExporterSpec(
                name,
                file.optionalString("description"),
                export,
                hook(hooks, either(hooks, "beforeLease", "before_lease")),
                hook(hooks, either(hooks, "afterLease", "after_lease")),
                python(file.section("python")));
    }

    private static PythonSpec python(Settings python) {
        String environment = python.optionalString("environment");
        if (environment != null && !environment.startsWith("/")) {
            python.problem("environment", environment + " (expected: an absolute path)");
        }
        List<String> packages = python.strings("packages", List.of());
        if (environment != null && !packages.isEmpty()) {
            python.problem(
                    "packages", "stands beside environment; nothing is installed into an environment that is named");
        }
        return new PythonSpec(environment, packages);
    }

    /** What a controller, or a later version of Jumpstarter, wants to know. */
    private static void acceptUnused(Settings file) {
        file.accept("alias", "path", "grpcOptions", "exitOnLeaseEnd");
        file.optionalString("endpoint");
        file.optionalString("token");
        file.optionalString("motd");
        file.section("tls").accept("ca", "insecure");
        file.section("failureDetection")
                .accept("maxRapidFailures", "max_rapid_failures", "rapidFailureWindow", "rapid_failure_window");
    }

    private String metadata(Settings metadata) {
        String given = metadata.optionalString("namespace");
        namespace = given == null ? environment.get("JMP_NAMESPACE") : given;
        if (!metadata.keys().contains("namespace") && !environment.containsKey("JMP_NAMESPACE")) {
            metadata.problem("namespace", "is missing");
        }
        String other = environment.get("JMP_NAME");
        return other == null ? metadata.string("name") : metadata.string("name", other);
    }

    private Map<String, NodeSpec> nodes(Settings around, String key, String path) {
        Settings all = around.section(key);
        Map<String, NodeSpec> result = new LinkedHashMap<>();
        for (String name : all.keys()) {
            if (all.raw(name) == null) {
                all.problem(name, "is empty (expected: type, ref or children)");
            } else {
                result.put(name, node(all.section(name), path + "." + name));
            }
        }
        return result;
    }

    private NodeSpec node(Settings node, String path) {
        if (node.has("ref") && !node.has("type") && !node.has("children")) {
            return new RefSpec(path, node.string("ref"));
        }
        if (node.has("ref")) {
            node.problem(
                    "ref",
                    "stands beside " + (node.has("type") ? "type" : "children")
                            + "; a node has one of type, ref and children");
        }
        Map<String, NodeSpec> children = nodes(node, "children", path + ".children");
        String description = node.optionalString("description");
        Whereabouts where = where(node);
        // A node without a type is a group, but nobody configures a group.
        if (!node.has("type") && !node.has("config") && !node.has("methods_description")) {
            return new GroupSpec(path, description, children, where);
        }
        return new DriverSpec(
                path,
                node.string("type"),
                config(node),
                description,
                node.stringMap("methods_description"),
                children,
                where);
    }

    /** A host of the lab by its name, some by theirs, or those with certain labels. */
    private static Whereabouts where(Settings node) {
        Object given = node.raw("node");
        if (given == null) {
            return Whereabouts.ABOVE;
        }
        if (given instanceof String name) {
            return new Whereabouts(List.of(name), Map.of());
        }
        if (given instanceof List) {
            List<String> names = node.strings("node", List.of());
            if (names.isEmpty()) {
                node.problem("node", "is empty (expected: the names of nodes)");
            }
            return new Whereabouts(names, Map.of());
        }
        Map<String, String> labels = node.section("node").stringMap("labels");
        if (labels.isEmpty()) {
            node.problem("node", given + " (expected: a name, a list of names, or labels: with those of a node)");
        }
        return new Whereabouts(List.of(), labels);
    }

    @SuppressWarnings("unchecked") // YamlValues makes no other maps
    private static Map<String, ?> config(Settings node) {
        Object config = node.raw("config");
        if (config != null && !(config instanceof Map)) {
            node.problem("config", config + " (expected: a map)");
        }
        return config instanceof Map ? (Map<String, ?>) config : Map.of();
    }

    private static @Nullable HookSpec hook(Settings hooks, String key) {
        if (!hooks.has(key)) {
            return null;
        }
        Settings hook = hooks.section(key);
        String[] words = Arrays.stream(OnFailure.values()).map(OnFailure::word).toArray(String[]::new);
        String word = hook.oneOf(either(hook, "onFailure", "on_failure"), OnFailure.WARN.word(), words);
        return new HookSpec(
                hook.string("script"),
                hook.optionalString(either(hook, "exec", "exec_")),
                timeout(hook),
                OnFailure.values()[Arrays.asList(words).indexOf(word)]);
    }

    /** Seconds, which Jumpstarter takes as a text too, or a duration with its unit. */
    private static Duration timeout(Settings hook) {
        if (hook.raw("timeout") instanceof String text && text.matches("[0-9]{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        return hook.duration("timeout", HOOK_TIMEOUT);
    }

    /** The name of a key that Jumpstarter reads under two names: the first, unless only the second is there. */
    private static String either(Settings settings, String name, String other) {
        return !settings.has(name) && settings.has(other) ? other : name;
    }
}
