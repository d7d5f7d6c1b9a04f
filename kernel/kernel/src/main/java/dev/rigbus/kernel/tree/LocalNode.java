package dev.rigbus.kernel.tree;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.rigbus.driver.Driver;
import dev.rigbus.kernel.host.LocalDriver;
import dev.rigbus.kernel.schema.DriverSchema;
import dev.rigbus.kernel.schema.SchemaMethod;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** A driver of this process in its place. The instance may be replaced; where it is, and what clients know it by, stays. */
final class LocalNode implements TreeNode {
    private static final String CLIENT = "jumpstarter.dev/client";

    private final UUID uuid;
    private final String path;
    private final Maker maker;
    private final LocalDriver host;
    private final Map<String, TreeNode> children;
    private volatile Made made;

    /**
     * @param host of the instance
     * @param children by name; a proxy is the node that it stands for
     */
    LocalNode(UUID uuid, String path, Maker maker, Made made, LocalDriver host, Map<String, TreeNode> children) {
        this.uuid = uuid;
        this.path = path;
        this.maker = maker;
        this.made = made;
        this.host = host;
        this.children = children;
    }

    /** How an instance comes to be. */
    Maker maker() {
        return maker;
    }

    Made made() {
        return made;
    }

    LocalDriver host() {
        return host;
    }

    /** Another instance has its place. */
    void become(Made next) {
        made = next;
    }

    Driver driver() {
        return made.driver();
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
        return List.of(uuid);
    }

    @Override
    public Map<String, TreeNode> children() {
        return children;
    }

    @Override
    public Future<Supplier<Future<Void>>> start(Vertx vertx) {
        return vertx.deployVerticle(host.verticle())
                .map(id -> () -> vertx.undeploy(id).mapEmpty());
    }

    @Override
    public DriverInstanceReport report() {
        Made now = made;
        DriverInstanceReport.Builder entry = DriverInstanceReport.newBuilder()
                .setUuid(uuid.toString())
                .putAllLabels(now.driver().labels())
                .putAllLabels(maker.labels())
                .putLabels(CLIENT, now.driver().client())
                .putAllMethodsDescription(now.driver().methodDescriptions())
                .putAllMethodsDescription(maker.methodDescriptions());
        List<SchemaMethod> methods = LocalDriver.callable(now.driver().getClass());
        if (!methods.isEmpty()) {
            FileDescriptorProto schema = DriverSchema.of(now.driver().client(), methods);
            entry.setFileDescriptorProto(schema.toByteString())
                    .addNativeServices(
                            schema.getPackage() + "." + schema.getService(0).getName());
        }
        String description = maker.description();
        if (description != null && !description.isEmpty()) {
            entry.setDescription(description);
        }
        return entry.build();
    }
}
