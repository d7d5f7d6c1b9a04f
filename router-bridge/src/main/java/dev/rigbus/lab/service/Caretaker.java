package dev.rigbus.lab.service;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.authority.Leasing;
import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the leases that no authority looks after: those that wait, those whose board is gone, and those that ended long ago. The
 * oldest node of those that see each other does it; all are ready to.
 */
final class Caretaker extends VerticleBase {
    private static final String POLLED = "event/lease/polled";
    private static final long SETTLE_MILLIS = 50;
    private static final long ROUND_MILLIS = 1000;

    private final Cluster cluster;
    private final LabView view;
    private final LabWriter writer;
    private final Leasing leasing;
    private final Placement placement;
    private final Predicate<String> reachable;
    private final Limits limits;
    private final Duration grace;
    private final Map<ObjectName, Instant> polls = new HashMap<>();
    /** Leases whose board nobody speaks for, since when. */
    private final Map<ObjectName, Instant> lost = new HashMap<>();

    private final Deque<ObjectName> queue = new ArrayDeque<>();
    private @Nullable Instant onDutySince;
    private boolean changed = true;
    private boolean working;
    private long rounds;

    Caretaker(
            Cluster cluster,
            LabView view,
            LabWriter writer,
            Leasing leasing,
            Placement placement,
            LabSettings settings) {
        this.cluster = cluster;
        this.view = view;
        this.writer = writer;
        this.leasing = leasing;
        this.placement = placement;
        this.reachable = node -> cluster.members().contains(node);
        this.limits = settings.limits();
        this.grace = settings.grace();
    }

    @Override
    public Future<?> start() {
        view.onLease(
                change -> somethingChanged(change.now() != null && change.now().isWaiting()));
        view.onExporter(change -> somethingChanged(true));
        view.onState(change -> somethingChanged(true));
        view.onPolicy(change -> somethingChanged(true));
        view.onClient(change -> somethingChanged(true));
        cluster.watch(members -> somethingChanged(true));
        vertx.setPeriodic(SETTLE_MILLIS, tick -> settle());
        vertx.setPeriodic(ROUND_MILLIS, tick -> round());
        MessageConsumer<String> consumer = vertx.eventBus().consumer(POLLED);
        return consumer.handler(message -> polls.put(ObjectName.ofKey(message.body()), leasing.now()))
                .completion();
    }

    /** Somebody asks after a lease; safe from any thread. */
    void polled(ObjectName lease) {
        context.runOnContext(v -> {
            Instant last = polls.get(lease);
            Instant now = leasing.now();
            if (last == null || Duration.between(last, now).compareTo(limits.toldOfPolls()) > 0) {
                polls.put(lease, now);
                vertx.eventBus().publish(POLLED, lease.key());
            }
        });
    }

    private void somethingChanged(boolean matters) {
        if (matters) {
            context.runOnContext(v -> changed = true);
        }
    }

    private boolean isOnDuty() {
        boolean oldest = cluster.oldest().equals(cluster.self());
        if (oldest && onDutySince == null) {
            onDutySince = leasing.now();
            changed = true;
        } else if (!oldest) {
            onDutySince = null;
            lost.clear();
        }
        return oldest;
    }

    private void settle() {
        if (changed && !working && isOnDuty()) {
            changed = false;
            queue.clear();
            view.waiting().forEach(lease -> queue.add(lease.name()));
            work();
        }
    }

    /** Looks at the leases that wait, the oldest first, one after the other; what comes in between gets its turn. */
    private void work() {
        ObjectName next = queue.poll();
        working = next != null;
        if (next != null) {
            // Whichever thread the answer comes on, this verticle's fields are its context's.
            Future.succeededFuture()
                    .compose(v -> placement.again(next))
                    .onComplete(done -> context.runOnContext(v -> work()));
        }
    }

    private void round() {
        if (!isOnDuty()) {
            return;
        }
        rounds++;
        Instant now = leasing.now();
        boolean begins = view.waiting().stream()
                .map(lease -> Times.begin(lease.time()))
                .anyMatch(begin ->
                        begin != null && !begin.isAfter(now) && begin.isAfter(now.minusMillis(2 * ROUND_MILLIS)));
        // Now and then all are looked at, whatever has been missed.
        changed |= begins || rounds % 30 == 0;
        if (rounds % 5 == 0) {
            endWhatNobodyEnds(now);
        }
        if (rounds % 60 == 0) {
            forget(now);
        }
    }

    private void endWhatNobodyEnds(Instant now) {
        for (Lease lease : view.waiting()) {
            Instant expiry = Times.expiry(lease);
            if (expiry != null && !now.isBefore(expiry)) {
                leasing.expire(lease.name());
            } else if (isAbandoned(lease, now)) {
                leasing.release(lease.name(), "nobody has asked after it");
            }
        }
        for (Lease lease : view.leases()) {
            if (!lease.isHeld() || !isLost(lease)) {
                lost.remove(lease.name());
            } else if (Times.isOver(lease, now)) {
                leasing.expire(lease.name());
            } else if (isBeyondGrace(lease, now)) {
                leasing.release(lease.name(), "the node of its exporter has been gone for too long");
            }
        }
    }

    private boolean isBeyondGrace(Lease lease, Instant now) {
        Instant since = lost.computeIfAbsent(lease.name(), first -> now);
        return Duration.between(since, now).compareTo(grace) > 0;
    }

    private boolean isAbandoned(Lease lease, Instant now) {
        if (onDutySince == null) {
            return false;
        }
        Instant end = limits.abandonedAt(lease, polls.get(lease.name()), onDutySince);
        return end != null && !now.isBefore(end);
    }

    private boolean isLost(Lease lease) {
        Lease.Grant grant = lease.grant();
        if (grant == null) {
            return false;
        }
        ExporterState state = view.state(new ObjectName(lease.name().namespace(), grant.exporter()));
        return state == null
                || !reachable.test(state.node())
                || !lease.name().name().equals(state.lease());
    }

    private void forget(Instant now) {
        limits.outdated(view.ended(), now).forEach(lease -> writer.leases().deleteIf(lease.name(), Lease::hasEnded));
        lost.keySet().removeIf(name -> view.lease(name) == null);
        polls.keySet().removeIf(name -> {
            Lease lease = view.lease(name);
            return lease == null || !lease.isWaiting();
        });
    }
}
