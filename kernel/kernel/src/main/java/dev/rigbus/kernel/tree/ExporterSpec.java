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
 */
public record ExporterSpec(
        String name,
        @Nullable String description,
        Map<String, NodeSpec> export,
        @Nullable HookSpec beforeLease,
        @Nullable HookSpec afterLease) {}
