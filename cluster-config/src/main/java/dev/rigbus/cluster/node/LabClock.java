package dev.rigbus.cluster.node;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The lab's time on this node: set once by a clock on the wall, from then on counted by one that only runs forward, and put right by what
 * other nodes say. It never runs backwards: where it turns out to be ahead it stands still until the others have caught up.
 */
final class LabClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanos;
    private final AtomicLong offset = new AtomicLong();
    private final AtomicLong last = new AtomicLong();

    /**
     * @param millis the clock on the wall, milliseconds since 1970
     * @param nanos one that runs forward from anywhere
     */
    LabClock(LongSupplier millis, LongSupplier nanos) {
        this.nanos = nanos;
        set(millis.getAsLong());
    }

    long time() {
        return last.accumulateAndGet(running(), Math::max);
    }

    /** Without what holds it back from running backwards; what other nodes are told. */
    long running() {
        return offset.get() + nanos.getAsLong() / NANOS_PER_MILLI;
    }

    /** From now on it is this time. */
    void set(long time) {
        offset.set(time - nanos.getAsLong() / NANOS_PER_MILLI);
    }

    /** It is at least this time, since something has been written down with it. */
    void atLeast(long time) {
        if (time > running()) {
            set(time);
        }
    }
}
