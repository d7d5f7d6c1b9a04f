package dev.rigbus.kernel.tree;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a configuration says of one node of an exporter's tree. */
public sealed interface NodeSpec {
    /** Where the node stands in the file, as {@code export.board.children.power}; errors begin with it. */
    String key();

    /**
     * A driver.
     *
     * @param config the values under {@code config:}, not yet read
     * @param methodDescriptions help texts by command name
     * @param children by name, in the order of the file
     */
    record DriverSpec(
            String key,
            String type,
            Map<String, ?> config,
            @Nullable String description,
            Map<String, String> methodDescriptions,
            Map<String, NodeSpec> children)
            implements NodeSpec {}

    /** A node that only holds others. */
    record GroupSpec(String key, @Nullable String description, Map<String, NodeSpec> children) implements NodeSpec {}

    /** Another name for a node, given as the dotted path of names from the root's children. */
    record RefSpec(String key, String target) implements NodeSpec {}
}
