package dev.rigbus.lab.router;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.lab.model.ObjectName;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where peers wait for each other. A name is free again as soon as its pair is made. Used from all event loops. */
final class Rendezvous {
    private static final Status CUT = new Status(Code.CANCELLED, "the lease is over");

    private final RouterLimits limits;
    private final RouterMeter meter;
    private final UsedTickets used;
    private final Map<String, Side> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final Future<?> sweep;

    Rendezvous(RouterLimits limits, RouterMeter meter, UsedTickets used, EventExecutorGroup loops) {
        this.limits = limits;
        this.meter = meter;
        this.used = used;
        long idleNs = limits.idle().toNanos();
        this.sweep = loops.next()
                .scheduleWithFixedDelay(() -> pairs.forEach(Pair::endIfIdle), idleNs, idleNs, TimeUnit.NANOSECONDS);
    }

    RouterLimits limits() {
        return limits;
    }

    RouterMeter meter() {
        return meter;
    }

    int waiting() {
        return waiting.size();
    }

    int pairs() {
        return pairs.size();
    }

    /** Joins a side to the one that waits for it, or lets it wait; on its loop. */
    void arrive(Side side) {
        Side first = waiting.remove(side.ticket.stream());
        if (first != null) {
            meet(first, side);
        } else if (waitingCount.incrementAndGet() > limits.waiting()) {
            waitingCount.decrementAndGet();
            refuse(side);
        } else if (waiting.putIfAbsent(side.ticket.stream(), side) == null) {
            meter.waiting(1);
            side.waiting(side.call
                    .eventLoop()
                    .schedule(() -> giveUp(side), limits.patience().toNanos(), TimeUnit.NANOSECONDS));
        } else {
            // Its peer has arrived in this very moment, on another loop.
            waitingCount.decrementAndGet();
            arrive(side);
        }
    }

    private void meet(Side first, Side second) {
        stoppedWaiting();
        Pair.onLoop(first.call, () -> {
            if (first.call.isOpen()) {
                Pair pair = new Pair(first, second, this);
                used.use(second.ticket);
                pairs.add(pair);
                meter.pairs(1);
                pair.start();
            } else {
                // It left in the moment in which it was found: the other has met nobody.
                Pair.onLoop(second.call, () -> arriveIfOpen(second));
            }
        });
    }

    void arriveIfOpen(Side side) {
        if (side.call.isOpen()) {
            arrive(side);
        }
    }

    private void refuse(Side side) {
        side.call.finish(
                new Status(
                        Code.RESOURCE_EXHAUSTED,
                        limits.waiting() + " peers wait for others already; this router takes no more"),
                limits.lastWords());
    }

    private void giveUp(Side side) {
        if (waiting.remove(side.ticket.stream(), side)) {
            stoppedWaiting();
            side.call.finish(
                    new Status(
                            Code.DEADLINE_EXCEEDED,
                            "the other side of the stream did not come within "
                                    + limits.patience().toSeconds() + " s"),
                    limits.lastWords());
        }
    }

    /** A side is over that was never joined. */
    void left(Side side) {
        if (waiting.remove(side.ticket.stream(), side)) {
            stoppedWaiting();
        }
    }

    private void stoppedWaiting() {
        waitingCount.decrementAndGet();
        meter.waiting(-1);
    }

    void over(Pair pair) {
        if (pairs.remove(pair)) {
            meter.pairs(-1);
        }
    }

    /** Ends what a lease has opened, and those who wait for its streams. */
    void cut(ObjectName lease, long fence) {
        for (Side side : waiting.values()) {
            if (side.isOf(lease, fence)) {
                side.call.eventLoop().execute(() -> side.call.finish(CUT));
            }
        }
        for (Pair pair : pairs) {
            if (pair.isOf(lease, fence)) {
                pair.cut(CUT);
            }
        }
    }

    void close() {
        sweep.cancel(false);
    }
}
