package dev.rigbus.kernel;

import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.grpc.Services;
import dev.rigbus.kernel.host.DriverThreads;
import dev.rigbus.kernel.session.HubLogger;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.DriverTree;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.wire.GetReportResponse;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What every exporter stands on, however its clients reach it: drivers on the bus, their threads and logs, and a way to take all down. */
final class Ground {
    private static final Logger log = LoggerFactory.getLogger(Ground.class);

    private final Vertx vertx;
    private final ExporterSpec spec;
    private final ExecutorService threads = DriverThreads.create();
    private final LogHub logs = new LogHub();
    private final Pickups pickups = new Pickups();
    private final Deque<Supplier<Future<?>>> undo = new ArrayDeque<>();
    private final String uuid = UUID.randomUUID().toString();
    private @Nullable DriverTree tree;

    Ground(Vertx vertx, ExporterSpec spec) {
        this.vertx = vertx;
        this.spec = spec;
    }

    /** Starts the drivers; gives the place for the socket of the hooks. */
    Future<Path> lay(DriverCatalog catalog) {
        return lay(catalog, Map.of(), false);
    }

    /**
     * The same for drivers whose uuids are given.
     *
     * @param successor whether the same drivers serve in another process
     */
    Future<Path> lay(DriverCatalog catalog, Map<NodeSpec, UUID> uuids, boolean successor) {
        ByReference.register(vertx);
        undoLater(() -> {
            threads.shutdownNow();
            return Future.succeededFuture();
        });
        return blocking(PrivateSocket::new).compose(socket -> {
            undoLater(() -> blocking(socket::delete));
            return blocking(() -> DriverTree.start(vertx, spec, catalog, logs, threads, pickups, uuids, successor))
                    .compose(starting -> starting)
                    .map(started -> {
                        undoLater(started::stop);
                        tree = started;
                        return socket.path();
                    });
        });
    }

    private <T> Future<T> blocking(Callable<T> task) {
        return vertx.executeBlocking(task, false);
    }

    private DriverTree tree() {
        if (tree == null) {
            throw new IllegalStateException("no drivers");
        }
        return tree;
    }

    /** Resets the drivers under a fence. */
    Future<?> reset(long fence) {
        return tree().reset(fence);
    }

    /** What clients are told; what a driver says of itself may change with another version of it. */
    GetReportResponse report() {
        return GetReportResponse.newBuilder()
                .setUuid(uuid)
                .addAllReports(tree().reports())
                .build();
    }

    Services services() {
        return new Services(this::report, tree().uuids(), logs, pickups);
    }

    LogHub logs() {
        return logs;
    }

    ExecutorService threads() {
        return threads;
    }

    /** The exporter's own log, which clients see. */
    Logger log() {
        return new HubLogger(logs, LogEntry.Source.SYSTEM, "exporter", spec.name(), null, Level.INFO);
    }

    Future<Void> deploy(Deployable part) {
        return vertx.deployVerticle(part).map(id -> {
            undoLater(() -> vertx.undeploy(id));
            return null;
        });
    }

    /** Remembers what has to be taken down; what came last goes first. */
    void undoLater(Supplier<Future<?>> step) {
        undo.push(step);
    }

    /** What was begun, or, should it fail, nothing left behind. */
    <T> Future<T> orUndone(Future<T> begun) {
        return begun.recover(cause -> undo().transform(v -> Future.failedFuture(cause)));
    }

    /** Takes everything down; one part that fails to stop keeps no other from it. */
    Future<Void> undo() {
        Supplier<Future<?>> next = undo.poll();
        if (next == null) {
            return Future.succeededFuture();
        }
        return next.get()
                .otherwise(cause -> {
                    log.warn("a part of exporter {} did not stop: {}", spec.name(), cause.toString());
                    return null;
                })
                .compose(v -> undo());
    }
}
