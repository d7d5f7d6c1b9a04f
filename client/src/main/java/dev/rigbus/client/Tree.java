package dev.rigbus.client;

import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.GetReportResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the tree of drivers from an exporter's report, in which parents come before their children. */
final class Tree {
    private Tree() {}

    static DriverNode build(GetReportResponse report, ExporterClient client) throws IOException {
        Map<String, DriverNode> byUuid = new HashMap<>();
        @Nullable DriverNode root = null;
        for (DriverInstanceReport each : report.getReportsList()) {
            DriverNode node = new DriverNode(client, each);
            if (each.getParentUuid().isEmpty()) {
                root = node;
            } else {
                DriverNode parent = byUuid.get(each.getParentUuid());
                if (parent == null) {
                    throw new IOException("the exporter's report is broken: driver " + each.getUuid()
                            + " has the parent " + each.getParentUuid() + ", which it does not list before");
                }
                parent.add(node);
            }
            byUuid.put(each.getUuid(), node);
        }
        if (root == null) {
            throw new IOException("the exporter's report is broken: it has no root");
        }
        return root;
    }
}
