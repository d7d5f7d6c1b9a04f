package dev.rigbus.kernel;

import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.grpc.GrpcVerticle;
import dev.rigbus.kernel.session.SessionVerticle;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.DriverTree;
import dev.rigbus.kernel.tree.ExporterSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running exporter: its drivers on the bus, its session, and the listeners that clients connect to. */
public final class Exporter {
    private static final Logger log = LoggerFactory.getLogger(Exporter.class);

    private final ExporterSpec spec;
    private final Ground ground;
    private final Promise<Void> exit = Promise.promise();
    private int port;
    private @Nullable Path socket;

    private Exporter(Vertx vertx, ExporterSpec spec) {
        this.spec = spec;
        this.ground = new Ground(vertx, spec);
    }

    /**
     * Everything that can be said against a specification without touching a device: unknown types, settings that do not fit, references
     * that lead nowhere or round in a circle. Empty when it is fine.
     */
    public static List<Problem> check(ExporterSpec spec, DriverCatalog catalog) {
        return DriverTree.check(spec, catalog);
    }

    /**
     * Starts the drivers, then the listeners, and lets the before-lease hook run; the future completes when the listeners accept, and fails
     * with a {@link dev.rigbus.driver.SettingsException} or with what a driver or a port said. A failed start leaves nothing behind.
     *
     * @param listener absent to serve this user alone, on {@link #socket()}
     */
    public static Future<Exporter> start(
            Vertx vertx, ExporterSpec spec, DriverCatalog catalog, @Nullable Listener listener) {
        Exporter exporter = new Exporter(vertx, spec);
        Future<Void> serving = exporter.ground.lay(catalog).compose(socket -> exporter.serve(socket, listener));
        return exporter.ground.orUndone(serving).map(exporter);
    }

    private Future<Void> serve(Path socket, @Nullable Listener listener) {
        this.socket = socket;
        SessionVerticle session = new SessionVerticle(
                spec.name(),
                spec.beforeLease(),
                spec.afterLease(),
                ground.logs(),
                socket.toString(),
                ground.threads(),
                ground::reset);
        GrpcVerticle front = new GrpcVerticle(spec.name(), ground.services(), listener, socket);
        return ground.deploy(session).compose(v -> ground.deploy(front)).compose(v -> {
            ground.undoLater(session::close);
            session.exit().onComplete(exit);
            if (listener != null) {
                port = front.port();
                ground.log().info("exporter {} serves on {}:{}", spec.name(), listener.host(), port);
            }
            Future<Void> opened =
                    session.open().onFailure(cause -> log.error("the session could not be opened", cause));
            // A hook may take its time, and its clients may watch it; without one there is nothing to watch.
            return spec.beforeLease() == null ? opened : Future.succeededFuture();
        });
    }

    /** The Unix socket that its own hooks connect to, and others of this user may. */
    public Path socket() {
        return Objects.requireNonNull(socket);
    }

    /** The port that clients connect to; 0 where there is none. */
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
        return ground.undo();
    }
}
