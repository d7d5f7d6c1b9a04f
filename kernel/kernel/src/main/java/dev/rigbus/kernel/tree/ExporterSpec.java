package dev.rigbus.kernel.tree;

import dev.rigbus.kernel.session.HookSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exporter as a configuration describes it.
 *
 * @param name {@code metadata.name}
 * @param description the head of the client's help, absent when not configured
 * @param export the children of the root, in the order of the file
 * @param python for drivers that are written in Python
 */
public record ExporterSpec(
        String name,
        @Nullable String description,
        Map<String, NodeSpec> export,
        @Nullable HookSpec beforeLease,
        @Nullable HookSpec afterLease,
        PythonSpec python) {
    public ExporterSpec(
            String name,
            @Nullable String description,
            Map<String, NodeSpec> export,
            @Nullable HookSpec beforeLease,
            @Nullable HookSpec afterLease) {
        this(name, description, export, beforeLease, afterLease, PythonSpec.DEFAULT);
    }

    /** The node at a dotted path of names from the root's children on. */
    @Nullable
    NodeSpec at(String path) {
        Map<String, NodeSpec> level = export;
        NodeSpec found = null;
        for (String each : path.split("\\.", -1)) {
            found = level.get(each);
            if (found == null) {
                return null;
            }
            level = NodeSpec.children(found);
        }
        return found;
    }
}
