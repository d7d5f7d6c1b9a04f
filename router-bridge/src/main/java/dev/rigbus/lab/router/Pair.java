package dev.rigbus.lab.router;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Two sides that are joined. It ends well when both have said that they are done, and for both when one is lost. */
final class Pair {
    private static final Status IDLE = new Status(Code.DEADLINE_EXCEEDED, "nothing was sent for too long");

    private static final Status GONE = new Status(Code.CANCELLED, "the other side of the stream is gone");

    private final Side first;
    private final Side second;
    private final Rendezvous rendezvous;
    private final AtomicInteger sidesOpen = new AtomicInteger(2);
    private final AtomicInteger lanesOver = new AtomicInteger();
    private volatile boolean used = true;
    private volatile Status cause = GONE;

    Pair(Side first, Side second, Rendezvous rendezvous) {
        this.first = first;
        this.second = second;
        this.rendezvous = rendezvous;
    }

    /** Starts; on the loop of the first side. */
    void start() {
        Lane there = new Lane(this, first.call, second.call);
        Lane back = new Lane(this, second.call, first.call);
        // The second is told before anything of the first can reach its loop.
        onLoop(second.call, () -> second.join(this, back, there));
        first.join(this, there, back);
    }

    static void onLoop(ServerCall call, Runnable task) {
        if (call.eventLoop().inEventLoop()) {
            task.run();
        } else {
            call.eventLoop().execute(task);
        }
    }

    void passed(int bytes) {
        if (!used) {
            used = true;
        }
        rendezvous.meter().passed(bytes);
    }

    Duration lastWords() {
        return rendezvous.limits().lastWords();
    }

    void sideClosed() {
        if (sidesOpen.decrementAndGet() == 0) {
            rendezvous.over(this);
        }
    }

    void laneOver() {
        if (lanesOver.incrementAndGet() == 2) {
            finish(Status.OK);
        }
    }

    boolean isOf(ObjectName lease, long fence) {
        return first.isOf(lease, fence) || second.isOf(lease, fence);
    }

    /** With what a side ends whose other side is gone. */
    Status cause() {
        return cause;
    }

    /** Ends both sides, whatever they have not read yet. */
    void cut(Status status) {
        cause = status;
        onLoop(first.call, () -> first.call.finish(status, Duration.ZERO));
        onLoop(second.call, () -> second.call.finish(status, Duration.ZERO));
    }

    private void finish(Status status) {
        onLoop(first.call, () -> first.call.finish(status, lastWords()));
        onLoop(second.call, () -> second.call.finish(status, lastWords()));
    }

    /** Ends it if nothing has passed since the last time it was asked. */
    void endIfIdle() {
        if (used) {
            used = false;
        } else {
            finish(IDLE);
        }
    }
}
