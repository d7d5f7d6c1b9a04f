package dev.rigbus.lab.lease;

import java.time.Instant;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes names for leases that have none: UUIDs of version 7, so that the order of the names is the order in which they were made, also within
 * a millisecond. Safe to use from any thread.
 */
public final class LeaseIds {
    private static final int COUNTS_PER_MILLI = 1 << 12;

    private final RandomGenerator random;
    /** Milliseconds and a count, as in the upper half of the UUID but without the version. */
    private long last;

    public LeaseIds(RandomGenerator random) {
        this.random = random;
    }

    public UUID next(Instant now) {
        long upper = advance(now.toEpochMilli());
        long version = 0x7000;
        long variant = 0x8000_0000_0000_0000L;
        return new UUID(
                (upper / COUNTS_PER_MILLI) << 16 | version | upper % COUNTS_PER_MILLI,
                variant | random.nextLong() >>> 2);
    }

    /** Starts low in each millisecond, so that there is room to count; a full one, or a clock set back, goes on from the last. */
    private synchronized long advance(long millis) {
        long start = millis * COUNTS_PER_MILLI + random.nextInt(COUNTS_PER_MILLI / 4);
        last = Math.max(last + 1, start);
        return last;
    }
}
