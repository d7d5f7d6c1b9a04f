package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the report of a tree (protocol 3.1). */
final class TreeReport {
    static final String NAME = "jumpstarter.dev/name";

    private final List<DriverInstanceReport> entries = new ArrayList<>();

    TreeReport(TreeNode root) {
        add(root, null, null);
    }

    List<DriverInstanceReport> entries() {
        return entries;
    }

    private void add(TreeNode node, @Nullable String name, @Nullable TreeNode parent) {
        DriverInstanceReport.Builder entry = node.report().toBuilder().clearParentUuid();
        if (parent != null) {
            entry.setParentUuid(parent.uuid().toString());
        }
        entry.removeLabels(NAME);
        if (name != null) {
            entry.putLabels(NAME, name);
        }
        entries.add(entry.build());
        node.children().forEach((childName, child) -> add(child, childName, node));
    }
}
