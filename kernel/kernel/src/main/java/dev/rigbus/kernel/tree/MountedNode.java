package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** A place at which drivers are mounted that run elsewhere. */
final class MountedNode implements TreeNode {
    private final String path;
    private final Mount mount;
    private List<DriverInstanceReport> reports = List.of();

    MountedNode(String path, Mount mount) {
        this.path = path;
        this.mount = mount;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public UUID uuid() {
        return UUID.fromString(reports().get(0).getUuid());
    }

    @Override
    public List<UUID> uuids() {
        // A proxy behind the mount repeats its target.
        return reports.stream()
                .map(report -> UUID.fromString(report.getUuid()))
                .distinct()
                .toList();
    }

    @Override
    public Future<Supplier<Future<Void>>> start(Vertx vertx) {
        return mount.start().map(told -> {
            reports = told;
            return mount::stop;
        });
    }

    @Override
    public List<DriverInstanceReport> reports() {
        if (reports.isEmpty()) {
            throw new IllegalStateException(path + " was not started");
        }
        return reports;
    }

    @Override
    public Map<String, TreeNode> children() {
        return Map.of();
    }
}
