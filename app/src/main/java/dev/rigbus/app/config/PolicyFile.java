package dev.rigbus.app.config;

import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file with rules of access, in the shape of Jumpstarter's ExporterAccessPolicy, with or without what Kubernetes wraps around it.
 *
 * @param namespace absent where the file says none
 * @param name absent where the file says none
 * @param exporters a selector as text
 */
public record PolicyFile(
        @Nullable String namespace, @Nullable String name, String exporters, List<Rule> rules) {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)");
    private static final Map<String, Double> SECONDS =
            Map.of("ms", 0.001, "s", 1.0, "m", 60.0, "h", 3600.0, "d", 86400.0);

    /** @param from selectors as text */
    public record Rule(
            @Nullable String description,
            int priority,
            List<String> from,
            @Nullable Duration longest,
            boolean spot) {}

    /** Reads a file; fails with all that is wrong with it. */
    public static PolicyFile read(Path file) throws ConfigException {
        YamlFile yaml = YamlFile.read(file);
        List<Fault> faults = new ArrayList<>(yaml.faults());
        List<Settings> parts = new ArrayList<>();
        Settings top = Settings.of("", yaml.values());
        parts.add(top);
        PolicyFile policy = read(top, parts);
        for (Settings part : yaml.values().isEmpty() ? List.<Settings>of() : parts) {
            try {
                part.check();
            } catch (SettingsException e) {
                e.problems().stream().map(yaml::fault).forEach(faults::add);
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults.stream().distinct().toList());
        }
        return policy;
    }

    private static PolicyFile read(Settings top, List<Settings> parts) {
        boolean wrapped = top.has("spec") || top.has("kind") || top.has("metadata");
        top.oneOf("apiVersion", "jumpstarter.dev/v1alpha1", "jumpstarter.dev/v1alpha1");
        top.oneOf("kind", "ExporterAccessPolicy", "ExporterAccessPolicy");
        Settings metadata = top.section("metadata");
        metadata.accept("labels", "annotations", "uid", "resourceVersion", "generation", "creationTimestamp");
        top.accept("status");
        Settings spec = wrapped ? top.section("spec") : top;
        String path = wrapped ? "spec." : "";
        List<Rule> rules = new ArrayList<>();
        for (Settings rule : maps(spec, "policies", path + "policies", parts)) {
            rules.add(rule(rule, path + "policies[" + rules.size() + "]", parts));
        }
        if (rules.isEmpty()) {
            spec.problem("policies", "is missing (expected: a list of rules, each with from)");
        }
        return new PolicyFile(
                metadata.optionalString("namespace"),
                metadata.optionalString("name"),
                selector(spec, "exporterSelector", path + "exporterSelector", parts),
                rules);
    }

    private static Rule rule(Settings rule, String path, List<Settings> parts) {
        List<String> from = new ArrayList<>();
        for (Settings each : maps(rule, "from", path + ".from", parts)) {
            from.add(selector(each, "clientSelector", path + ".from[" + from.size() + "].clientSelector", parts));
        }
        return new Rule(
                rule.optionalString("description"),
                rule.integer("priority", 0, Integer.MIN_VALUE, Integer.MAX_VALUE),
                from,
                duration(rule, "maximumDuration"),
                rule.bool("spotAccess", false));
    }

    /** What Kubernetes writes as two maps, as one text; an empty one fits all. */
    private static String selector(Settings around, String key, String path, List<Settings> parts) {
        Settings selector = around.section(key);
        List<String> all = new ArrayList<>();
        new TreeMap<>(selector.stringMap("matchLabels")).forEach((label, value) -> all.add(label + "=" + value));
        for (Settings each : maps(selector, "matchExpressions", path + ".matchExpressions", parts)) {
            String label = each.string("key");
            String values = String.join(",", each.strings("values", List.of()));
            String operator = each.oneOf("operator", "In", "In", "NotIn", "Exists", "DoesNotExist");
            if (values.isEmpty() == operator.endsWith("In")) {
                each.problem("values", values.isEmpty() ? "is missing" : "has no place beside operator " + operator);
            }
            all.add(
                    switch (operator) {
                        case "In" -> label + " in (" + values + ")";
                        case "NotIn" -> label + " notin (" + values + ")";
                        case "Exists" -> label;
                        default -> "!" + label;
                    });
        }
        return String.join(",", all);
    }

    private static @Nullable Duration duration(Settings settings, String key) {
        Object value = settings.raw(key);
        if (value == null) {
            return null;
        }
        Duration duration = duration(value.toString());
        if (duration == null || duration.isZero()) {
            settings.problem(key, "\"" + value + "\" (expected: a duration such as 30m, 1h30m or 2d)");
        }
        return duration;
    }

    /** As Kubernetes writes them, {@code 1h30m}; null for what is none. */
    private static @Nullable Duration duration(String text) {
        Matcher part = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (end < text.length()) {
            if (!part.find(end) || part.start() != end) {
                return null;
            }
            seconds += Double.parseDouble(part.group(1)) * SECONDS.getOrDefault(part.group(2), 1.0);
            end = part.end();
        }
        return text.isEmpty() ? null : Duration.ofMillis(Math.round(seconds * 1000));
    }

    @SuppressWarnings("unchecked") // YamlValues makes no other maps
    private static List<Settings> maps(Settings around, String key, String path, List<Settings> parts) {
        Object value = around.raw(key);
        if (value != null && !(value instanceof List)) {
            around.problem(key, value + " (expected: a list)");
        }
        List<Settings> all = new ArrayList<>();
        List<?> list = value instanceof List<?> given ? given : List.of();
        for (int i = 0; i < list.size(); i++) {
            Object item = list.get(i);
            if (!(item instanceof Map)) {
                around.problem(key + "[" + i + "]", item + " (expected: a map)");
            }
            Map<String, ?> map = item instanceof Map ? (Map<String, ?>) item : new LinkedHashMap<>();
            Settings part = Settings.of(path + "[" + i + "]", map);
            parts.add(part);
            all.add(part);
        }
        return all;
    }
}
