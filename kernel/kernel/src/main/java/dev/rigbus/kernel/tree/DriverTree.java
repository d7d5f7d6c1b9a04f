package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Problem;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The drivers of an exporter, started, and what clients are told of them. */
public final class DriverTree {
    private static final Logger log = LoggerFactory.getLogger(DriverTree.class);

    private final Vertx vertx;
    private final String name;
    private final TypeRegistry registry;
    private final TreeNode root;
    private final List<TreeNode> nodes;
    private final Collection<Outpost> outposts;
    private final List<Supplier<Future<Void>>> started = new ArrayList<>();

    DriverTree(
            Vertx vertx,
            String name,
            TypeRegistry registry,
            TreeNode root,
            List<TreeNode> nodes,
            Collection<Outpost> outposts) {
        this.name = name;
        this.registry = registry;
        this.outposts = outposts;
        this.vertx = vertx;
        this.root = root;
        this.nodes = nodes;
    }

    /** Everything that can be said against a specification without touching a device. */
    public static List<Problem> check(ExporterSpec spec, DriverCatalog catalog) {
        return new SpecCheck(spec, catalog).problems();
    }

    /**
     * Makes and starts the drivers, children first; blocks while they are made, so not for an event loop. If one does not start, those before
     * it are stopped again.
     *
     * @throws SettingsException if the specification is wrong
     */
    public static Future<DriverTree> start(
            Vertx vertx,
            ExporterSpec spec,
            DriverCatalog catalog,
            LogHub logs,
            ExecutorService threads,
            Pickups pickups) {
        return start(vertx, spec, catalog, logs, threads, pickups, Map.of());
    }

    /**
     * As above, for drivers whose uuids are given.
     *
     * @param uuids by node of the specification; it compares nodes by identity
     */
    public static Future<DriverTree> start(
            Vertx vertx,
            ExporterSpec spec,
            DriverCatalog catalog,
            LogHub logs,
            ExecutorService threads,
            Pickups pickups,
            Map<NodeSpec, UUID> uuids) {
        return start(vertx, spec, catalog, logs, threads, pickups, uuids, false);
    }

    /**
     * As above.
     *
     * @param successor whether the same drivers serve in another process; then it fails, too, if one of these finds that all is not well
     */
    public static Future<DriverTree> start(
            Vertx vertx,
            ExporterSpec spec,
            DriverCatalog catalog,
            LogHub logs,
            ExecutorService threads,
            Pickups pickups,
            Map<NodeSpec, UUID> uuids,
            boolean successor) {
        List<Problem> problems = check(spec, catalog);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        TreeBuilder builder = new TreeBuilder(vertx, spec, catalog, logs, threads, pickups, uuids, successor);
        DriverTree tree = builder.build();
        return tree.deploy()
                .compose(v -> successor ? tree.probe() : Future.succeededFuture())
                // Types may have changed while the drivers were started.
                .compose(v -> tree.registry
                        .join(tree)
                        .recover(cause -> tree.stop().transform(stopped -> Future.failedFuture(cause))))
                .map(tree);
    }

    /** Of the exporter. */
    String name() {
        return name;
    }

    Vertx vertx() {
        return vertx;
    }

    /** The drivers of this process, children before parents. */
    List<LocalNode> local() {
        return nodes.stream()
                .filter(LocalNode.class::isInstance)
                .map(LocalNode.class::cast)
                .toList();
    }

    /** Where its drivers run that are not in this process. */
    Collection<Outpost> outposts() {
        return outposts;
    }

    private Future<Void> deploy() {
        Future<Void> all = Future.succeededFuture();
        for (Outpost outpost : outposts) {
            all = all.compose(v -> outpost.ready());
        }
        for (TreeNode node : nodes) {
            all = all.compose(v -> node.start(vertx)
                    .recover(cause -> Future.failedFuture(new DriverStartException(node.path(), cause)))
                    .map(stop -> {
                        started.add(stop);
                        return null;
                    }));
        }
        return all.recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
    }

    private Future<Void> probe() {
        Future<Void> all = Future.succeededFuture();
        for (LocalNode node : local()) {
            all = all.compose(v -> node.host()
                    .probe()
                    .recover(cause -> Future.failedFuture(new DriverStartException(node.path(), cause))));
        }
        return all.recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
    }

    /** Stops the drivers in the reverse order of their start; one failure spares no other. */
    public Future<Void> stop() {
        registry.leave(this);
        List<Supplier<Future<Void>>> stops = new ArrayList<>(started);
        started.clear();
        Collections.reverse(stops);
        Future<Void> all = Future.succeededFuture();
        for (Supplier<Future<Void>> stop : stops) {
            all = all.compose(v -> stop.get().recover(cause -> {
                log.warn("a driver did not close", cause);
                return Future.succeededFuture();
            }));
        }
        return all;
    }

    /** Resets the drivers, parents first. A driver that fails to is logged and keeps no other from it. */
    public Future<Void> reset(long fence) {
        List<TreeNode> order = new ArrayList<>(nodes);
        Collections.reverse(order);
        Future<Void> all = Future.succeededFuture();
        for (TreeNode node : order) {
            for (UUID uuid : node.uuids()) {
                all = all.compose(v -> reset(node.path(), uuid, fence));
            }
        }
        return all;
    }

    private Future<Void> reset(String path, UUID uuid, long fence) {
        return vertx.eventBus()
                .request(Addresses.driver(uuid), new DriverMessage.Reset(fence), ByReference.OPTIONS)
                .<Void>mapEmpty()
                .recover(cause -> {
                    log.atWarn().addKeyValue("driver", path).log("reset failed: {}", cause.getMessage());
                    return Future.succeededFuture();
                });
    }

    /** The uuids of all drivers. */
    public List<UUID> uuids() {
        return nodes.stream().flatMap(node -> node.uuids().stream()).toList();
    }

    /** What the report of the exporter lists: depth first, a proxied subtree again under the proxy's name. */
    public List<DriverInstanceReport> reports() {
        return new TreeReport(root).entries();
    }
}
