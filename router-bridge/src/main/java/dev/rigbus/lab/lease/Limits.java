package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * When the lab tidies up by itself. Zero means never, for each of the times.
 *
 * @param unused for how long a board may be held without having been dialled once
 * @param abandoned for how long a lease may wait without its client asking after it
 * @param kept for how long an ended lease can still be looked up
 * @param mostKept how many ended leases can be looked up at most; older ones go sooner, but none within an hour
 */
public record Limits(Duration unused, Duration abandoned, Duration kept, int mostKept) {
    public static final Limits DEFAULT =
            new Limits(Duration.ofHours(1), Duration.ofMinutes(30), Duration.ofDays(30), 20_000);

    private static final Duration POLLS_TOLD = Duration.ofSeconds(10);

    /** Clients ask again and again for a lease that they miss, so it stays at least until they have seen that it ended. */
    private static final Duration SEEN = Duration.ofHours(1);

    /** How often nodes tell each other that somebody asks after a lease: often enough for it to last. */
    public Duration toldOfPolls() {
        Duration quarter = abandoned.dividedBy(4);
        return abandoned.isZero() || quarter.compareTo(POLLS_TOLD) > 0 ? POLLS_TOLD : quarter;
    }

    /**
     * When a lease that nobody uses is to end; absent if never.
     *
     * @param dialled whether its client has ever dialled, as far as is known
     * @param watched since when dials are known of; a board held before gets its full time from then on
     */
    public @Nullable Instant unusedAt(Lease lease, boolean dialled, Instant watched) {
        if (unused.isZero() || dialled || !lease.isHeld() || lease.grant() == null) {
            return null;
        }
        return later(lease.grant().since(), watched).plus(unused);
    }

    /**
     * When a waiting lease that nobody asks after is to end; absent if never.
     *
     * @param asked when its client last asked; absent if it did not, as far as is known
     * @param watched since when questions are known of
     */
    public @Nullable Instant abandonedAt(Lease lease, @Nullable Instant asked, Instant watched) {
        if (abandoned.isZero() || !lease.isWaiting()) {
            return null;
        }
        Instant from = later(lease.created(), watched);
        Instant begin = Times.begin(lease.time());
        // Nobody needs to ask before it can begin.
        from = begin == null ? from : later(from, begin);
        return (asked == null ? from : later(from, asked)).plus(abandoned);
    }

    /**
     * The ended leases that are to be removed.
     *
     * @param ended the one that ended first first
     */
    public List<Lease> outdated(SortedSet<Lease> ended, Instant now) {
        List<Lease> all = new ArrayList<>();
        int tooMany = ended.size() - mostKept;
        for (Lease lease : ended) {
            if (lease.ending() == null) {
                continue;
            }
            Duration age = Duration.between(lease.ending().at(), now);
            boolean old = !kept.isZero() && age.compareTo(kept) >= 0;
            boolean crowded = all.size() < tooMany && age.compareTo(SEEN) >= 0;
            if (!old && !crowded) {
                break;
            }
            all.add(lease);
        }
        return all;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isBefore(b) ? b : a;
    }
}
