package dev.rigbus.kernel;

import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.grpc.GrpcVerticle;
import dev.rigbus.kernel.host.DriverThreads;
import dev.rigbus.kernel.session.HubLogger;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.session.SessionVerticle;
import dev.rigbus.kernel.tree.DriverTree;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.wire.GetReportResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A running exporter: its drivers on the bus, its session, and the listeners that clients connect to. */
public final class Exporter {
    private static final Logger log = LoggerFactory.getLogger(Exporter.class);

    private final Vertx vertx;
    private final ExporterSpec spec;
    private final ExecutorService threads = DriverThreads.create();
    private final LogHub logs = new LogHub();
    private final Pickups pickups = new Pickups();
    private final Deque<Supplier<Future<?>>> undo = new ArrayDeque<>();
    private final Promise<Void> exit = Promise.promise();
    private int port;

    private Exporter(Vertx vertx, ExporterSpec spec) {
        this.vertx = vertx;
        this.spec = spec;
    }

    /**
     * Everything that can be said against a specification without touching a device: unknown types, settings that do not fit, references
     * that lead nowhere or round in a circle. Empty when it is fine.
     */
    public static List<Problem> check(ExporterSpec spec, Collection<DriverType<?>> types) {
        return DriverTree.check(spec, types);
    }

    /**
     * Starts the drivers, then the listeners, and lets the before-lease hook run; the future completes when the listeners accept, and fails
     * with a {@link dev.rigbus.driver.SettingsException} or with what a driver or a port said. A failed start leaves nothing behind.
     */
    public static Future<Exporter> start(
            Vertx vertx, ExporterSpec spec, Collection<DriverType<?>> types, Listener listener) {
        ByReference.register(vertx);
        Exporter exporter = new Exporter(vertx, spec);
        return exporter.start(types, listener)
                .map(exporter)
                .recover(cause -> exporter.undo().transform(v -> Future.failedFuture(cause)));
    }

    private Future<Void> start(Collection<DriverType<?>> types, Listener listener) {
        undo.push(() -> {
            threads.shutdownNow();
            return Future.succeededFuture();
        });
        return blocking(PrivateSocket::new).compose(socket -> {
            undo.push(() -> blocking(socket::delete));
            return blocking(() -> DriverTree.start(vertx, spec, types, logs, threads, pickups))
                    .compose(starting -> starting)
                    .compose(tree -> serve(tree, socket.path(), listener));
        });
    }

    private Future<Void> serve(DriverTree tree, Path socket, Listener listener) {
        undo.push(tree::stop);
        SessionVerticle session = new SessionVerticle(
                spec.name(), spec.beforeLease(), spec.afterLease(), logs, socket.toString(), threads, tree::reset);
        GetReportResponse report = GetReportResponse.newBuilder()
                .setUuid(UUID.randomUUID().toString())
                .addAllReports(tree.reports())
                .build();
        GrpcVerticle front = new GrpcVerticle(spec.name(), report, tree.uuids(), logs, pickups, listener, socket);
        return vertx.deployVerticle(session)
                .compose(id -> {
                    undo.push(() -> vertx.undeploy(id));
                    return vertx.deployVerticle(front);
                })
                .compose(id -> {
                    undo.push(() -> vertx.undeploy(id));
                    undo.push(session::close);
                    port = front.port();
                    session.exit().onComplete(exit);
                    systemLog().info("exporter {} serves on {}:{}", spec.name(), listener.host(), port);
                    Future<Void> opened =
                            session.open().onFailure(cause -> log.error("the session could not be opened", cause));
                    // A hook may take its time, and its clients may watch it; without one there is nothing to watch.
                    return spec.beforeLease() == null ? opened : Future.succeededFuture();
                });
    }

    private Logger systemLog() {
        return new HubLogger(logs, LogEntry.Source.SYSTEM, "exporter", spec.name(), null, Level.INFO);
    }

    private <T> Future<T> blocking(Callable<T> task) {
        return vertx.executeBlocking(task, false);
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** Completes when the exporter has to stop by itself: a hook failed whose failure means exit. Never fails. */
    public Future<Void> exit() {
        return exit.future();
    }

    /**
     * Runs the after-lease hook if it is due, lets running calls end for a second, then stops listeners and drivers. One part that fails
     * to stop keeps no other from it.
     */
    public Future<Void> stop() {
        return undo();
    }

    private Future<Void> undo() {
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
