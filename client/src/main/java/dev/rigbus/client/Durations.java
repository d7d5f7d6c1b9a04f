package dev.rigbus.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Durations as people write them. */
public final class Durations {
    private Durations() {}

    /** As {@code 5 s} or {@code 200 ms}; absent for any time. */
    public static String text(@Nullable Duration duration) {
        if (duration == null) {
            return "any time";
        }
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis < 1000 ? millis + " ms" : millis / 1000.0 + " s";
    }
}
