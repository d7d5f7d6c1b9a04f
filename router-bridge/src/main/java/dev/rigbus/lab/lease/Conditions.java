package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Ending;
import dev.rigbus.lab.model.Lease.Grant;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a lease, each with the condition that tells it. The wire's clients judge the conditions one by one: Pending is never taken back,
 * as a lease with Pending False counts as failed, and Ready is the last, as only the last one is looked at in lists. What has ended stays as
 * it is; a step that changes nothing returns the lease that it was given.
 */
public final class Conditions {
    public static final String RELEASED = "Released";
    public static final String EXPIRED = "Expired";

    private Conditions() {}

    /** It waits, and why. */
    public static Lease waiting(Lease lease, Outcome.Waiting why, Instant now) {
        if (!lease.isWaiting() || isToldAlready(lease, why)) {
            return lease;
        }
        return lease.with(condition(Condition.PENDING, true, why.reason(), why.message(), now));
    }

    private static boolean isToldAlready(Lease lease, Outcome.Waiting why) {
        return lease.conditions().stream()
                .anyMatch(c -> c.type().equals(Condition.PENDING)
                        && c.reason().equals(why.reason())
                        && c.message().equals(why.message()));
    }

    /** It will never begin, so it ends. */
    public static Lease hopeless(Lease lease, Outcome.Hopeless why, Instant now) {
        if (!lease.isWaiting()) {
            return lease;
        }
        return lease.with(condition(why.type(), true, why.reason(), why.message(), now))
                .withEnding(new Ending(why.reason(), Times.wholeSeconds(now)));
    }

    /** It has a board. Only for one that waits: who grants has to look, and a second grant would be a second board. */
    public static Lease granted(Lease lease, Grant grant, Instant now) {
        if (!lease.isWaiting()) {
            throw new IllegalStateException("lease " + lease.name() + " does not wait for a board");
        }
        return lease.withGrant(grant)
                .with(condition(Condition.READY, true, "Ready", "An exporter has been acquired for the client", now));
    }

    /**
     * Its client, its exporter or the lab gives it back.
     *
     * @param why in words, where it was not the client's own doing
     */
    public static Lease released(Lease lease, @Nullable String why, Instant now) {
        String text = "The lease was marked for release";
        return ended(lease, RELEASED, why == null ? text : text + ": " + why, now);
    }

    /** Its time is up; it ended when it was, even if that is noticed late. */
    public static Lease expired(Lease lease, Instant now) {
        Instant expiry = Times.expiry(lease);
        Instant at = expiry == null || expiry.isAfter(now) ? now : expiry;
        return ended(lease, EXPIRED, "The lease has expired", at);
    }

    private static Lease ended(Lease lease, String reason, String message, Instant at) {
        if (lease.hasEnded()) {
            return lease;
        }
        Instant begin = Times.effectiveBegin(lease);
        Instant end = Times.wholeSeconds(begin != null && at.isBefore(begin) ? begin : at);
        return lease.with(condition(Condition.READY, false, reason, message, end))
                .withEnding(new Ending(reason, end));
    }

    private static Condition condition(String type, boolean holds, String reason, String message, Instant at) {
        return new Condition(type, holds, reason, message, Times.wholeSeconds(at));
    }
}
