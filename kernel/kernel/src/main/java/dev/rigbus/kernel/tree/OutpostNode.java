package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A driver that runs on an outpost, with those that it brings itself. */
final class OutpostNode implements TreeNode {
    private final String path;
    private final UUID uuid;
    private final Outpost outpost;
    private final Map<String, TreeNode> children;
    private final List<UUID> uuids = new ArrayList<>();
    private @Nullable DriverInstanceReport report;

    /** @param configured the children that the configuration names */
    OutpostNode(String path, UUID uuid, Outpost outpost, Map<String, TreeNode> configured) {
        this.path = path;
        this.uuid = uuid;
        this.outpost = outpost;
        this.children = new LinkedHashMap<>(configured);
        uuids.add(uuid);
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public UUID uuid() {
        return uuid;
    }

    @Override
    public List<UUID> uuids() {
        return uuids;
    }

    @Override
    public Future<Supplier<Future<Void>>> start(Vertx vertx) {
        return outpost.start().map(reports -> {
            report = reports.stream()
                    .filter(each -> each.getUuid().equals(uuid.toString()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("it is not among the drivers that were started"));
            children.putAll(brought(uuid.toString(), reports));
            return outpost::stop;
        });
    }

    private Map<String, TreeNode> brought(String parent, List<DriverInstanceReport> reports) {
        Map<String, TreeNode> found = new LinkedHashMap<>();
        for (DriverInstanceReport child : reports) {
            String name = child.getLabelsMap().get(TreeReport.NAME);
            if (child.getParentUuid().equals(parent) && name != null && !children.containsKey(name)) {
                UUID id = UUID.fromString(child.getUuid());
                uuids.add(id);
                found.put(name, new Brought(path + "." + name, id, child, brought(child.getUuid(), reports)));
            }
        }
        return found;
    }

    @Override
    public DriverInstanceReport report() {
        if (report == null) {
            throw new IllegalStateException(path + " was not started");
        }
        return report;
    }

    @Override
    public Map<String, TreeNode> children() {
        return children;
    }

    /** A child that a driver on an outpost has made; it is started and stopped with its parent. */
    record Brought(String path, UUID uuid, DriverInstanceReport report, Map<String, TreeNode> children)
            implements TreeNode {
        @Override
        public List<UUID> uuids() {
            return List.of();
        }

        @Override
        public Future<Supplier<Future<Void>>> start(Vertx vertx) {
            return Future.succeededFuture(Future::succeededFuture);
        }
    }
}
