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

    /** Looks at a waiting lease once more. */
    Future<?> again(ObjectName name) {
        Lease lease = view.lease(name);
        if (lease == null || !lease.isWaiting()) {
            return Future.succeededFuture();
        }
        Outcome outcome = outcome(lease);
        if (outcome instanceof Outcome.Candidates) {
            return offer(name, outcome);
        }
        return judged(lease, outcome) == lease
                ? Future.succeededFuture()
                : writer.leases().update(name, now -> judged(now, outcome));
    }
}
