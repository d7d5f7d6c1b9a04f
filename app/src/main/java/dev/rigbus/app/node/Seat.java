package dev.rigbus.app.node;

import dev.rigbus.kernel.LeasedExporter;
import dev.rigbus.lab.authority.OwnExporter;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of an exporter of this node, as its authority sees it. The exporter in it can be replaced by another between two leases; a lease
 * that begins meanwhile waits for that. Safe to use from any thread.
 */
final class Seat implements OwnExporter {
    private final BooleanSupplier nodeStops;
    private @Nullable LeasedExporter exporter;
    private @Nullable Reports reports;
    private boolean held;
    private Promise<Void> idle = Promise.promise();
    private Future<?> change = Future.succeededFuture();

    /** @param nodeStops a node that stops will come again, and the lease goes on then */
    Seat(BooleanSupplier nodeStops) {
        this.nodeStops = nodeStops;
        idle.complete();
    }

    /** What sits here now. */
    synchronized @Nullable LeasedExporter exporter() {
        return exporter;
    }

    synchronized boolean isHeld() {
        return held;
    }

    /**
     * Waits for the end of a lease, then puts in place what the step makes of what is there. Fails if the step does.
     *
     * @param step is given nothing that a lease holds, and returns what sits here from then on; absent for nobody
     */
    synchronized Future<Void> change(Supplier<Future<@Nullable LeasedExporter>> step) {
        Future<Void> done = change.otherwiseEmpty()
                .compose(v -> idle())
                .compose(v -> step.get())
                .map(next -> {
                    sit(next);
                    return null;
                });
        change = done;
        return done;
    }

    private synchronized Future<Void> idle() {
        return idle.future();
    }

    private synchronized void sit(@Nullable LeasedExporter next) {
        exporter = next;
        if (reports != null) {
            show(reports, next);
        }
    }

    private void show(Reports to, @Nullable LeasedExporter shown) {
        if (shown == null) {
            to.status(ExporterStatus.EXPORTER_STATUS_OFFLINE, "its configuration has been taken away", 0);
            return;
        }
        shown.listen((status, releaseWanted) -> {
            boolean released = releaseWanted && !nodeStops.getAsBoolean();
            to.status(status.status(), status.message(), released ? status.fence() : 0);
        });
        to.status(shown.status().status(), shown.status().message(), 0);
    }

    private Future<LeasedExporter> present() {
        LeasedExporter now = exporter();
        return now == null ? Future.failedFuture("the exporter is not there") : Future.succeededFuture(now);
    }

    @Override
    public synchronized Future<?> begin(String lease, String client, long fence) {
        Future<?> before = change.otherwiseEmpty();
        if (!held) {
            held = true;
            idle = Promise.promise();
        }
        return before.compose(v -> present()).compose(now -> now.begin(lease, client, fence));
    }

    @Override
    public Future<?> transfer(String client) {
        return present().compose(now -> now.transfer(client));
    }

    @Override
    public Future<?> end(String reason) {
        return present().compose(now -> now.end(reason)).onComplete(done -> free());
    }

    private void free() {
        Promise<Void> ended;
        synchronized (this) {
            held = false;
            ended = idle;
        }
        ended.tryComplete();
    }

    @Override
    public synchronized void report(Reports to) {
        reports = to;
        show(to, exporter);
    }
}
