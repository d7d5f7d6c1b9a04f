package dev.rigbus.kernel.tree;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a configuration says of one node of an exporter's tree. */
public sealed interface NodeSpec {
    /** Where the node stands in the file, as {@code export.board.children.power}; errors begin with it. */
    String key();

    /** What clients are told of it; absent when not configured. */
    @Nullable
    String description();

    /** Where it runs, with what is below it that says nothing else. */
    Whereabouts where();

    /** The nodes below one, as the file has them. */
    static Map<String, NodeSpec> children(NodeSpec node) {
        return node instanceof DriverSpec driver
                ? driver.children()
                : node instanceof GroupSpec group ? group.children() : Map.of();
    }

    /** What a node stands for: itself, or, through all references, what it refers to; absent if that is not there. */
    default @Nullable NodeSpec target(ExporterSpec exporter) {
        NodeSpec found = this;
        for (int hops = 0; found instanceof RefSpec ref && hops < 100; hops++) {
            found = exporter.at(ref.target());
        }
        return found instanceof RefSpec ? null : found;
    }

    /**
     * A driver.
     *
     * @param config the values under {@code config:}, not yet read
     * @param methodDescriptions help texts by command name
     * @param children by name, in the order of the file
     * @param where on which host
     */
    record DriverSpec(
            String key,
            String type,
            Map<String, ?> config,
            @Nullable String description,
            Map<String, String> methodDescriptions,
            Map<String, NodeSpec> children,
            Whereabouts where)
            implements NodeSpec {
        public DriverSpec(
                String key,
                String type,
                Map<String, ?> config,
                @Nullable String description,
                Map<String, String> methodDescriptions,
                Map<String, NodeSpec> children) {
            this(key, type, config, description, methodDescriptions, children, Whereabouts.ABOVE);
        }
    }

    /** A node that only holds others. */
    record GroupSpec(String key, @Nullable String description, Map<String, NodeSpec> children, Whereabouts where)
            implements NodeSpec {
        public GroupSpec(String key, @Nullable String description, Map<String, NodeSpec> children) {
            this(key, description, children, Whereabouts.ABOVE);
        }
    }

    /** Another name for a node, given as the dotted path of names from the root's children. */
    record RefSpec(String key, String target) implements NodeSpec {
        @Override
        public @Nullable String description() {
            return null;
        }

        @Override
        public Whereabouts where() {
            return Whereabouts.ABOVE;
        }
    }
}
