package dev.rigbus.lab.service;

import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.Leasing;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Outcome;
import dev.rigbus.lab.lease.Verdict;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Brings a waiting lease to a board that is free for it, or writes down why it waits or never can begin. */
final class Placement {
    private final LabView view;
    private final LabWriter writer;
    private final Leasing leasing;
    private final Authorities authorities;

    Placement(LabView view, LabWriter writer, Leasing leasing, Authorities authorities) {
        this.view = view;
        this.writer = writer;
        this.leasing = leasing;
        this.authorities = authorities;
    }

    Outcome outcome(Lease lease) {
        return view.match(lease, leasing.now());
    }

    /** The lease with what can be said of it at once. */
    Lease judged(Lease lease, Outcome outcome) {
        if (outcome instanceof Outcome.Waiting waiting) {
            return Conditions.waiting(lease, waiting, leasing.now());
        }
        return outcome instanceof Outcome.Hopeless hopeless
                ? Conditions.hopeless(lease, hopeless, leasing.now())
                : lease;
    }

    /** Offers a lease to the boards that are free, the best first; true if one took it. */
    Future<Boolean> offer(ObjectName lease, Outcome outcome) {
        return outcome instanceof Outcome.Candidates candidates
                ? offer(lease, candidates.boards(), 0)
                : Future.succeededFuture(false);
    }

    private Future<Boolean> offer(ObjectName lease, List<Verdict> boards, int index) {
        Lease now = view.lease(lease);
        if (index == boards.size() || (now != null && !now.isWaiting())) {
            return Future.succeededFuture(false);
        }
        ObjectName exporter = boards.get(index).board().exporter().name();
        return authorities
                .of(exporter)
                .offer(lease.name())
                .otherwise(false)
                .compose(taken -> taken ? Future.succeededFuture(true) : offer(lease, boards, index + 1));
    }

    private Future<?> tell(Lease lease, Outcome outcome) {
        if (judged(lease, outcome) == lease) {
            return Future.succeededFuture();
        }
        AtomicBoolean ends = new AtomicBoolean();
        return writer.leases()
                .update(lease.name(), now -> {
                    Lease told = judged(now, outcome);
                    ends.set(told.hasEnded() && !now.hasEnded());
                    return told;
                })
                .onSuccess(told -> {
                    if (ends.get()) {
                        leasing.history().hopeless(told);
                    }
                });
    }

    /** Looks at a waiting lease once more. */
    Future<?> again(ObjectName name) {
        Lease lease = view.lease(name);
        if (lease == null || !lease.isWaiting()) {
            return Future.succeededFuture();
        }
        Outcome outcome = outcome(lease);
        return outcome instanceof Outcome.Candidates ? offer(name, outcome) : tell(lease, outcome);
    }

    /** Writes down what keeps a lease waiting, if something does. */
    Future<?> tell(ObjectName name) {
        Lease lease = view.lease(name);
        return lease == null || !lease.isWaiting() ? Future.succeededFuture() : tell(lease, outcome(lease));
    }
}
