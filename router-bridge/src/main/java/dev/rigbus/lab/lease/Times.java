package dev.rigbus.lab.lease;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** When a lease begins and ends. What was asked for is kept as it was asked; here is what follows from it. */
public final class Times {
    private Times() {}

    /** The time of a lease as it was asked for; fails with UNKNOWN and the text for the client. */
    public static Time create(@Nullable Duration duration, @Nullable Instant begin, @Nullable Instant end) {
        if (begin != null && end != null) {
            Duration between = positive(Duration.between(begin, end));
            if (duration != null && !duration.equals(between)) {
                throw conflict();
            }
            return new Time(null, begin, end);
        }
        if (duration == null) {
            throw refused("duration is required (must specify Duration, or both BeginTime and EndTime)");
        }
        return new Time(positive(duration), begin, end);
    }

    static Duration positive(Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw refused("duration must be positive, got " + Durations.text(duration));
        }
        return duration;
    }

    static StatusException conflict() {
        return refused("duration conflicts with begin_time and end_time");
    }

    static StatusException refused(String text) {
        return new StatusException(Code.UNKNOWN, text);
    }

    /** For how long it was asked. */
    public static Duration requested(Time time) {
        if (time.duration() != null) {
            return time.duration();
        }
        return time.begin() == null || time.end() == null ? Duration.ZERO : Duration.between(time.begin(), time.end());
    }

    /** Before when it must not begin; absent if it may at once. */
    public static @Nullable Instant begin(Time time) {
        if (time.begin() != null || time.end() == null) {
            return time.begin();
        }
        return time.end().minus(requested(time));
    }

    /** When it ends even if it has not begun; absent if it lasts from its grant on. */
    public static @Nullable Instant latestEnd(Time time) {
        if (time.end() != null) {
            return time.end();
        }
        return time.begin() == null ? null : time.begin().plus(requested(time));
    }

    /** When its time is up; absent while it waits for a board and has no end of its own. */
    public static @Nullable Instant expiry(Lease lease) {
        Instant end = latestEnd(lease.time());
        Lease.Grant grant = lease.grant();
        return end != null || grant == null ? end : grant.since().plus(requested(lease.time()));
    }

    /** Whether it has a board and its time is up. */
    public static boolean isOver(Lease lease, Instant now) {
        Instant expiry = expiry(lease);
        return lease.isHeld() && expiry != null && !now.isBefore(expiry);
    }

    /** Since when it has its board. */
    public static @Nullable Instant effectiveBegin(Lease lease) {
        return lease.grant() == null ? null : lease.grant().since();
    }

    /** When it ended; absent until then, and for one that never began. */
    public static @Nullable Instant effectiveEnd(Lease lease) {
        return lease.grant() == null || lease.ending() == null
                ? null
                : lease.ending().at();
    }

    /** For how long it has had its board, or had it until its end. */
    public static Duration effectiveDuration(Lease lease, Instant now) {
        Instant begin = effectiveBegin(lease);
        if (begin == null) {
            return Duration.ZERO;
        }
        Instant end =
                lease.ending() == null ? wholeSeconds(now) : lease.ending().at();
        return end.isBefore(begin) ? Duration.ZERO : Duration.between(begin, end);
    }

    /** Actual times are kept in whole seconds: the wire's clients expect no more. */
    public static Instant wholeSeconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
