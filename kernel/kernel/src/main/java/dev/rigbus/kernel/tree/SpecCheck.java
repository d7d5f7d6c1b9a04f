package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Names;
import dev.rigbus.driver.Problem;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.NodeSpec.RefSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds everything that is wrong with a specification before anything is started. */
final class SpecCheck {
    private final ExporterSpec spec;
    private final Map<String, DriverType<?>> types;
    private final Outposts.Plan outposts;
    private final Set<String> known;
    private final boolean isComplete;
    private final List<Problem> problems = new ArrayList<>();

    SpecCheck(ExporterSpec spec, DriverCatalog catalog) {
        this.spec = spec;
        this.types = catalog.types();
        this.isComplete = catalog.isComplete();
        this.outposts = catalog.outposts().plan(spec);
        this.known = new TreeSet<>(types.keySet());
        known.addAll(catalog.outposts().types());
    }

    List<Problem> problems() {
        spec.export().values().forEach(this::node);
        spec.export().values().forEach(node -> cycles(node, new LinkedHashSet<>(), new HashSet<>()));
        return problems;
    }

    private void node(NodeSpec node) {
        if (node instanceof RefSpec ref) {
            if (spec.at(ref.target()) == null) {
                problems.add(new Problem(
                        ref.key() + ".ref", "references nonexistent driver " + ref.target() + near(ref.target())));
            }
            return;
        }
        if (node.where().isGiven() && !outposts.knowsHosts()) {
            problems.add(new Problem(
                    node.key() + ".node",
                    node.where().text()
                            + " (a driver can only be on another host in a lab of several, see `rigbus up`)"));
        } else if (outposts.of(node) != null) {
            problems.addAll(outposts.check(node));
            if (outposts.isOfThisProcess(node)
                    && node instanceof DriverSpec driver
                    && types.containsKey(driver.type())) {
                driver(driver);
            }
        } else if (node instanceof DriverSpec driver) {
            driver(driver);
        }
        NodeSpec.children(node).values().forEach(this::node);
    }

    private void driver(DriverSpec driver) {
        DriverType<?> type = types.get(driver.type());
        if (type == null && !isComplete) {
            return;
        }
        if (type == null) {
            problems.add(new Problem(driver.key() + ".type", unknownType(driver.type())));
            return;
        }
        try {
            type.check(settings(driver));
        } catch (SettingsException e) {
            problems.addAll(e.problems());
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(driver.key() + ".config", String.valueOf(e.getMessage())));
        }
    }

    /** The settings of a driver, those that every driver has marked as read. */
    static Settings settings(DriverSpec driver) {
        Settings settings = Settings.of(driver.key() + ".config", driver.config());
        settings.oneOf("log_level", "INFO", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL");
        settings.stringMap("labels");
        return settings;
    }

    private String unknownType(String type) {
        List<String> near = Names.nearest(type, known, 3);
        String simple = type.substring(type.lastIndexOf('.') + 1);
        if (near.isEmpty()) {
            near = known.stream()
                    .filter(each -> !Names.nearest(simple, List.of(each.substring(each.lastIndexOf('.') + 1)), 1)
                            .isEmpty())
                    .sorted()
                    .limit(3)
                    .toList();
        }
        return "Driver '" + type + "' is not installed."
                + (near.isEmpty()
                        ? " Known: " + String.join(", ", known.stream().sorted().toList())
                        : " Nearest: " + String.join(", ", near));
    }

    private String near(String target) {
        List<String> near = Names.nearest(target, paths("", spec.export(), new ArrayList<>()), 1);
        return near.isEmpty() ? "" : " (did you mean " + near.get(0) + "?)";
    }

    private static List<String> paths(String prefix, Map<String, NodeSpec> nodes, List<String> found) {
        nodes.forEach((name, node) -> {
            found.add(prefix + name);
            paths(prefix + name + ".", NodeSpec.children(node), found);
        });
        return found;
    }

    private void cycles(NodeSpec node, Set<NodeSpec> above, Set<NodeSpec> told) {
        if (!above.add(node)) {
            if (told.add(node)) {
                problems.add(new Problem(node.key(), "is part of a circle: " + circle(node, above)));
            }
            return;
        }
        NodeSpec target = node instanceof RefSpec ref ? spec.at(ref.target()) : null;
        if (target != null) {
            cycles(target, above, told);
        }
        NodeSpec.children(node).values().forEach(child -> cycles(child, above, told));
        above.remove(node);
    }

    private static String circle(NodeSpec node, Set<NodeSpec> above) {
        List<String> keys = new ArrayList<>();
        for (NodeSpec each : above) {
            if (each == node || !keys.isEmpty()) {
                keys.add(each.key());
            }
        }
        keys.add(node.key());
        return String.join(" -> ", keys);
    }
}
