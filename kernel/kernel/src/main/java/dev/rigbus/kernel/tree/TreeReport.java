package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the report of a tree (protocol 3.1). */
final class TreeReport {
    private static final String CLIENT = "jumpstarter.dev/client";
    private static final String NAME = "jumpstarter.dev/name";

    private final List<DriverInstanceReport> entries = new ArrayList<>();

    TreeReport(TreeNode root) {
        add(root, null, null);
    }

    List<DriverInstanceReport> entries() {
        return entries;
    }

    private void add(TreeNode node, @Nullable String name, @Nullable TreeNode parent) {
        DriverInstanceReport.Builder entry = DriverInstanceReport.newBuilder()
                .setUuid(node.uuid().toString())
                .putAllLabels(node.labels())
                .putLabels(CLIENT, node.driver().client())
                .putAllMethodsDescription(node.methodDescriptions());
        if (parent != null) {
            entry.setParentUuid(parent.uuid().toString());
        }
        if (name != null) {
            entry.putLabels(NAME, name);
        }
        if (node.description() != null && !node.description().isEmpty()) {
            entry.setDescription(node.description());
        }
        entries.add(entry.build());
        node.children().forEach((childName, child) -> add(child, childName, node));
    }
}
