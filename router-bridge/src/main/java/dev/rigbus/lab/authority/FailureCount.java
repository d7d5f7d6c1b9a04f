package dev.rigbus.lab.authority;

import dev.rigbus.lab.model.Exporter;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Notices an exporter that fails fast, again and again, and would eat up one lease of the queue after the other. Without a clock and without
 * threads. What one authority has counted, the next one does not know: it counts anew.
 */
final class FailureCount {
    /** So many in a row are no accident; what stock exporters go by as well. */
    static final int MOST = 5;

    /** Whoever starts again after a longer time did something useful in between. */
    static final Duration FAST = Duration.ofSeconds(60);

    private @Nullable Instant started;
    private int starts;
    private int hooks;

    /**
     * The exporter's process came up, and had not said good-bye.
     *
     * @return why it is to be kept from being leased; absent if there is no reason to
     */
    @Nullable
    String started(Instant now) {
        boolean fast = started != null && Duration.between(started, now).compareTo(FAST) < 0;
        started = now;
        starts = fast ? starts + 1 : 0;
        if (starts < MOST) {
            return null;
        }
        starts = 0;
        return Exporter.QUARANTINED + "its process was started again " + MOST + " times, each within "
                + FAST.toSeconds() + " s and without a good-bye of the one before; see why in its own log";
    }

    /** The same, after a hook that ends the lease which it was run for. */
    @Nullable
    String hookFailed(String message) {
        hooks++;
        if (hooks < MOST) {
            return null;
        }
        hooks = 0;
        return Exporter.QUARANTINED + MOST + " leases in a row could not begin; the last time: " + message;
    }

    /** The process ends in good order. */
    void saidGoodbye() {
        started = null;
        starts = 0;
    }

    /** A lease could be used. */
    void worked() {
        starts = 0;
        hooks = 0;
    }
}
