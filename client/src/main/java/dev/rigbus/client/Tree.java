package dev.rigbus.client;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.GetReportResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the tree of drivers from an exporter's report, in which parents come before their children. */
final class Tree {
    private Tree() {}

    static AsyncDriver build(GetReportResponse report, GrpcClient client) throws IOException {
        Map<String, AsyncDriver> byUuid = new HashMap<>();
        @Nullable AsyncDriver root = null;
        for (DriverInstanceReport each : report.getReportsList()) {
            AsyncDriver node = new AsyncDriver(client, each);
            if (each.getParentUuid().isEmpty()) {
                root = node;
            } else {
                AsyncDriver parent = byUuid.get(each.getParentUuid());
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
