package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.kernel.host.DriverVerticle;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One driver of this process in its place.
 *
 * @param labels those of the driver and of the configuration
 * @param children by name; a proxy is the node that it stands for
 */
record LocalNode(
        UUID uuid,
        String path,
        Driver driver,
        DriverVerticle verticle,
        @Nullable String description,
        Map<String, String> methodDescriptions,
        Map<String, String> labels,
        Map<String, TreeNode> children)
        implements TreeNode {
    private static final String CLIENT = "jumpstarter.dev/client";

    @Override
    public List<UUID> uuids() {
        return List.of(uuid);
    }

    @Override
    public Future<Supplier<Future<Void>>> start(Vertx vertx) {
        return vertx.deployVerticle(verticle).map(id -> () -> vertx.undeploy(id).mapEmpty());
    }

    @Override
    public DriverInstanceReport report() {
        DriverInstanceReport.Builder entry = DriverInstanceReport.newBuilder()
                .setUuid(uuid.toString())
                .putAllLabels(labels)
                .putLabels(CLIENT, driver.client())
                .putAllMethodsDescription(methodDescriptions);
        if (description != null && !description.isEmpty()) {
            entry.setDescription(description);
        }
        return entry.build();
    }
}
