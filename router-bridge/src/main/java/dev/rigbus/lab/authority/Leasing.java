package dev.rigbus.lab.authority;

import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.lease.Board;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.lease.Queue;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.lease.Verdict;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How leases begin and end in the records. Safe to use from any thread. */
public final class Leasing implements Lab {
    private static final Logger log = LoggerFactory.getLogger(Leasing.class);
    private static final long AGAIN_MILLIS = 1000;

    private final Vertx vertx;
    private final Cluster cluster;
    private final LabView view;
    private final LabWriter writer;
    private final Predicate<String> draining;
    private final Set<ObjectName> ending = ConcurrentHashMap.newKeySet();
    private final Limits limits;
    private final LeaseHistory history;

    /**
     * @param draining whether a node takes no new leases
     */
    public Leasing(
            Vertx vertx,
            Cluster cluster,
            LabView view,
            LabWriter writer,
            Predicate<String> draining,
            Limits limits,
            LeaseHistory history) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.view = view;
        this.writer = writer;
        this.draining = draining;
        this.limits = limits;
        this.history = history;
    }

    @Override
    public Future<?> keep(ExporterState state) {
        return writer.keep(state);
    }

    /** Somebody else has it, or nobody wants it any more. Not for users. */
    private static final class TooLateException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLateException() {
            super("too late", null, false, false);
        }
    }

    @Override
    public Future<@Nullable Lease> grant(ObjectName lease, ObjectName exporter, long fence) {
        return writer.leases()
                .update(lease, waiting -> granted(waiting, exporter, fence))
                .onSuccess(granted -> history.granted(granted, exporter, fence, now()))
                .recover(failure -> failure instanceof TooLateException || failure instanceof StatusException
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    private Lease granted(Lease lease, ObjectName exporter, long fence) {
        Board board = view.board(exporter);
        if (!lease.isWaiting() || board == null) {
            throw new TooLateException();
        }
        Verdict verdict = view.matching(lease).judge(lease, view.labels(LabView.clientOf(lease)), board);
        Instant now = now();
        Lease.Grant grant =
                new Lease.Grant(exporter.name(), fence, verdict.access().priority(), Times.wholeSeconds(now));
        return Conditions.granted(lease, grant, now);
    }

    @Override
    public void release(ObjectName lease, String why) {
        end(lease, held -> Conditions.released(held, why, now()), false);
    }

    @Override
    public void giveBack(ObjectName lease, String why) {
        end(lease, held -> Conditions.released(held, why, now()), true);
    }

    @Override
    public void expire(ObjectName lease) {
        end(lease, held -> Conditions.expired(held, now()), false);
    }

    /** Tries until it is written. Whoever asks once more meanwhile has been heard: there is one attempt under way for each lease. */
    private void end(ObjectName name, UnaryOperator<Lease> change, boolean byExporter) {
        if (ending.add(name)) {
            attempt(name, change, byExporter);
        }
    }

    private void attempt(ObjectName name, UnaryOperator<Lease> change, boolean byExporter) {
        ended(name, change, byExporter).onSuccess(done -> ending.remove(name)).onFailure(failure -> {
            log.atWarn()
                    .addKeyValue("lease", name)
                    .log("its end could not be written down yet: {}", failure.getMessage());
            vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(again -> attempt(name, change, byExporter));
        });
    }

    /** Ends a lease that its exporter gives back, unless it is gone. */
    public Future<@Nullable Lease> givenBack(ObjectName name, String why) {
        return ended(name, lease -> Conditions.released(lease, why, now()), true);
    }

    private Future<@Nullable Lease> ended(ObjectName name, UnaryOperator<Lease> change, boolean byExporter) {
        AtomicBoolean changes = new AtomicBoolean();
        return writer.leases()
                .update(name, lease -> {
                    Lease ended = change.apply(lease);
                    changes.set(ended != lease);
                    return ended;
                })
                .onSuccess(lease -> {
                    if (changes.get()) {
                        history.ended(lease, byExporter);
                    }
                })
                .recover(failure ->
                        failure instanceof StatusException ? Future.succeededFuture() : Future.failedFuture(failure));
    }

    @Override
    public void quarantine(ObjectName exporter, String why) {
        writer.exporters()
                .update(exporter, offered -> offered.isOffered() ? offered.withMaintenance(why) : offered)
                .onSuccess(kept -> history.quarantined(exporter, why))
                .onFailure(failure -> log.atWarn()
                        .addKeyValue("exporter", exporter)
                        .log("it could not be quarantined: {}", failure.getMessage()));
    }

    @Override
    public void works(ObjectName name) {
        Exporter exporter = view.exporter(name);
        if (exporter == null || !exporter.isQuarantined()) {
            return;
        }
        writer.exporters()
                .update(name, kept -> kept.isQuarantined() ? kept.withMaintenance(null) : kept)
                .onSuccess(kept -> history.worksAgain(name))
                .onFailure(failure -> log.atWarn()
                        .addKeyValue("exporter", name)
                        .log("its quarantine could not be ended: {}", failure.getMessage()));
    }

    @Override
    public @Nullable ObjectName next(ObjectName exporter) {
        Board board = view.board(exporter);
        if (board == null) {
            return null;
        }
        Queue queue = new Queue(view.rules(exporter.namespace()), lease -> view.labels(LabView.clientOf(lease)));
        Queue.Turn turn = queue.next(board, view.waiting(), now());
        return turn == null ? null : turn.lease().name();
    }

    @Override
    public @Nullable Lease lease(ObjectName name) {
        return view.lease(name);
    }

    @Override
    public boolean mayGrant(ObjectName name) {
        Exporter exporter = view.exporter(name);
        if (exporter == null || !exporter.isRegistered() || draining.test(cluster.self())) {
            return false;
        }
        // A board of this node checks the fence itself. One that does not is only given away where most of the lab can
        // be seen.
        return exporter.node() != null || cluster.hasMajority();
    }

    @Override
    public Instant endOf(Lease lease) {
        Instant expiry = Times.expiry(lease);
        return expiry == null ? Instant.MAX : expiry;
    }

    @Override
    public @Nullable Instant unusedAt(Lease lease, Instant watched) {
        return limits.unusedAt(lease, false, watched);
    }

    @Override
    public LeaseHistory history() {
        return history;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(cluster.time());
    }
}
