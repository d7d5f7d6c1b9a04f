package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the report of a tree (protocol 3.1). */
final class TreeReport {
    private static final String NAME = "jumpstarter.dev/name";

    private final List<DriverInstanceReport> entries = new ArrayList<>();

    TreeReport(TreeNode root) {
        add(root, null, null);
    }

    List<DriverInstanceReport> entries() {
        return entries;
    }

    private void add(TreeNode node, @Nullable String name, @Nullable TreeNode parent) {
        List<DriverInstanceReport> own = node.reports();
        DriverInstanceReport.Builder top = own.get(0).toBuilder();
        if (parent != null) {
            top.setParentUuid(parent.uuid().toString());
        }
        if (name != null) {
            top.putLabels(NAME, name);
        }
        entries.add(top.build());
        entries.addAll(own.subList(1, own.size()));
        node.children().forEach((childName, child) -> add(child, childName, node));
    }
}
