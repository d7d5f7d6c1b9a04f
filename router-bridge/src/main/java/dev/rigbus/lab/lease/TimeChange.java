package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Time;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Another time for a lease. What is given is seen together with what the lease has, so that each of the three can be changed alone; what would
 * say one thing too many takes the place of what stood there. A lease that has begun keeps its begin.
 *
 * @param shortens whether it ends sooner than it would have: to be told to people, as a duration sets the whole and adds nothing
 */
public record TimeChange(Time time, boolean shortens) {
    /** Fails with UNKNOWN and the text for the client. */
    public static TimeChange of(
            Lease lease, @Nullable Duration duration, @Nullable Instant begin, @Nullable Instant end) {
        Time next = lease.grant() == null
                ? planned(lease.time(), duration, begin, end)
                : begun(lease, duration, begin, end);
        return new TimeChange(next, isShorter(lease, next));
    }

    private static Time planned(Time old, @Nullable Duration duration, @Nullable Instant begin, @Nullable Instant end) {
        if (duration == null && begin == null && end == null) {
            return old;
        }
        if (begin == null && end == null) {
            return Times.create(duration, old.begin(), old.end());
        }
        if (duration == null && end == null) {
            return Times.create(old.end() == null ? old.duration() : null, begin, old.end());
        }
        if (duration == null && begin == null) {
            return Times.create(old.begin() == null ? old.duration() : null, old.begin(), end);
        }
        return Times.create(duration, begin, end);
    }

    private static Time begun(
            Lease lease, @Nullable Duration duration, @Nullable Instant begin, @Nullable Instant end) {
        Time old = lease.time();
        Instant since = Times.effectiveBegin(lease);
        Instant from = Times.begin(old) == null ? since : Times.begin(old);
        if (begin != null && !begin.equals(from) && !begin.equals(since)) {
            throw Times.refused("cannot update BeginTime: lease has already started");
        }
        if (end != null && from != null) {
            Duration between = Times.positive(Duration.between(from, end));
            if (duration != null && !duration.equals(between)) {
                throw Times.conflict();
            }
            return old.end() == null ? new Time(between, old.begin(), null) : new Time(null, from, end);
        }
        if (duration == null || duration.equals(Times.requested(old))) {
            return old;
        }
        if (old.end() != null) {
            throw Times.conflict();
        }
        return new Time(Times.positive(duration), old.begin(), null);
    }

    private static boolean isShorter(Lease lease, Time next) {
        Instant before = Times.expiry(lease);
        Instant after = Times.expiry(lease.withTime(next));
        return (before != null && after != null)
                ? after.isBefore(before)
                : Times.requested(next).compareTo(Times.requested(lease.time())) < 0;
    }
}
