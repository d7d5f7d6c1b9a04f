package dev.rigbus.client;

import io.vertx.core.Future;

/**
 * The first moment of a wait. A call to an exporter nearby is often over sooner than a thread could be put to sleep and woken again, so it is
 * looked for a while whether it is, as long as that tends to help.
 */
final class Patience {
    private static final long MOST_NANOS = Runtime.getRuntime().availableProcessors() > 1 ? 100_000 : 0;

    private volatile long nanos = MOST_NANOS;

    /** Returns at the latest after a tenth of a millisecond, whether or not it is over; {@link #slept} is for who goes to sleep then. */
    void watch(Future<?> future) {
        long patience = nanos;
        long start = System.nanoTime();
        while (!future.isComplete()) {
            if (System.nanoTime() - start >= patience) {
                nanos = patience / 2;
                return;
            }
            Thread.onSpinWait();
        }
    }

    /** @param nanosAsleep how long it took after that */
    void slept(long nanosAsleep) {
        if (nanosAsleep < MOST_NANOS) {
            nanos = MOST_NANOS;
        }
    }
}
