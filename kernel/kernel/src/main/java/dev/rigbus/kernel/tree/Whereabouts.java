package dev.rigbus.kernel.tree;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which hosts of a lab a driver may run on.
 *
 * @param nodes by name, the preferred one first; empty for any
 * @param labels that the node must have; empty for any
 * @param isGiven whether anything is said at all
 */
public record Whereabouts(List<String> nodes, Map<String, String> labels, boolean isGiven) {
    /** Nothing is said, so it runs where what it belongs to runs; the whole exporter where its file is. */
    public static final Whereabouts ABOVE = new Whereabouts(List.of(), Map.of());

    /** Whichever can be reached. */
    public static final Whereabouts ANYWHERE = new Whereabouts(List.of(), Map.of(), true);

    public Whereabouts(List<String> nodes, Map<String, String> labels) {
        this(nodes, labels, !nodes.isEmpty() || !labels.isEmpty());
    }

    /** For messages: as {@code node a or b}. */
    public String text() {
        String names = nodes.isEmpty() ? "a node" : "node " + String.join(" or ", nodes);
        return labels.isEmpty()
                ? names
                : names + " with "
                        + new TreeMap<>(labels)
                                .entrySet().stream()
                                        .map(each -> each.getKey() + "=" + each.getValue())
                                        .collect(Collectors.joining(","));
    }
}
