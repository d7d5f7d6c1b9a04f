package dev.rigbus.kernel;

import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.kernel.grpc.LeaseFront;
import dev.rigbus.kernel.session.Holding;
import dev.rigbus.kernel.session.LeasedVerticle;
import dev.rigbus.kernel.session.SessionStatus;
import dev.rigbus.kernel.session.StatusListener;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.wire.GetReportResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/**
 * A running exporter that others lease out: its drivers on the bus, and the lease that holds it. It listens to nobody but its own hooks;
 * who leases it out brings the connections of the client. The same can be done over the bus with a
 * {@link dev.rigbus.kernel.session.LeaseService}. Safe to use from any thread.
 */
public final class LeasedExporter {
    private final String name;
    private final Ground ground;
    private final LeasedVerticle session;
    private final LeaseFront front;

    private LeasedExporter(ExporterSpec spec, Ground ground, Path socket) {
        this.name = spec.name();
        this.ground = ground;
        this.session = new LeasedVerticle(
                name,
                spec.beforeLease(),
                spec.afterLease(),
                ground.logs(),
                socket.toString(),
                ground.threads(),
                ground::reset);
        this.front = new LeaseFront(name, ground.services(), session::current, socket);
    }

    /**
     * Starts the drivers; the future fails with a {@link dev.rigbus.driver.SettingsException} or with what a driver said. A failed start
     * leaves nothing behind.
     */
    public static Future<LeasedExporter> start(Vertx vertx, ExporterSpec spec, DriverCatalog catalog) {
        Ground ground = new Ground(vertx, spec);
        return ground.orUndone(ground.lay(catalog).compose(socket -> {
            LeasedExporter exporter = new LeasedExporter(spec, ground, socket);
            return exporter.serve().map(exporter);
        }));
    }

    private Future<Void> serve() {
        return ground.deploy(session).compose(v -> ground.deploy(front)).map(v -> {
            ground.undoLater(session::close);
            return null;
        });
    }

    public String name() {
        return name;
    }

    /** The drivers, as a client and the lab are told of them; the same for the exporter's whole life. */
    public GetReportResponse report() {
        return ground.report();
    }

    /** Sets who hears of changes from now on. */
    public void listen(StatusListener listener) {
        session.listen(listener);
    }

    public SessionStatus status() {
        return session.current();
    }

    /**
     * Gives the exporter to a client; complete when the drivers are reset and the before-lease hook runs, or, where there is none, the
     * exporter is ready. Fails while another lease holds it, its end included. To repeat it for the lease that holds it is no error.
     *
     * @param fence greater than those of all leases before
     */
    public Future<Void> begin(String lease, String client, long fence) {
        return session.onHome(() -> session.begin(lease, client, fence));
    }

    /** Gives the running lease to another client, and cuts the calls of the one before; no hook runs. */
    public Future<Void> transfer(String client) {
        return session.onHome(() -> session.transfer(client));
    }

    /**
     * Takes the exporter back: cuts the client's calls and streams at once, stops a before-lease hook that runs, and completes when the
     * after-lease hook has run, unless it had before, and the exporter is available again, or will never be. Without a lease it completes
     * when the end of the last one does.
     *
     * @param reason for the client whose calls this cuts; without the word "expired", on which stock clients act
     */
    public Future<Void> end(String reason) {
        return session.onHome(() -> session.end(reason));
    }

    /**
     * What is served to the client that holds the exporter, by path, for each of its connections. Its calls carry the lease's fence; after
     * the end of the lease, or its transfer, they answer FAILED_PRECONDITION. So does everything for a lease that does not hold the
     * exporter.
     */
    public CallHandlers handlers(String lease, long fence) {
        return front.handlers(holding(lease, fence));
    }

    /**
     * Completes when the client of a lease loses it: with its end, or its transfer. That is the moment to close the client's connections;
     * it may come on any thread. Complete already for a lease that does not hold the exporter.
     */
    public Future<Void> over(String lease, long fence) {
        return holding(lease, fence).over().mapEmpty();
    }

    private Holding holding(String lease, long fence) {
        Holding now = session.holding();
        return now != null && now.is(lease, fence) ? now : Holding.none(lease, fence);
    }

    /** Completes when the exporter is offline for good by itself: a hook failed whose failure means exit. It wants to be stopped. Never fails. */
    public Future<Void> exit() {
        return session.exit();
    }

    /** Ends the lease if there is one, its hook included, then stops the drivers. */
    public Future<Void> stop() {
        return ground.undo();
    }
}
