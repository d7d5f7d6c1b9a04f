package dev.rigbus.lab.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that were checked lately: peers show the same one with each of their calls, and checking its signature costs more than most
 * calls do. What can change about a token is not kept here.
 */
final class VerifiedTokens {
    private static final int MOST = 4096;
    /** After this long a key that its issuer has withdrawn is noticed. */
    private static final Duration TRUST = Duration.ofMinutes(5);

    private record Entry(Verified verified, Instant until) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Entry> eldest) {
            return size() > MOST;
        }
    };

    synchronized @Nullable Verified get(String token, Instant now) {
        Entry entry = entries.get(token);
        return entry != null && now.isBefore(entry.until) ? entry.verified : null;
    }

    synchronized void put(String token, Verified verified, Instant now) {
        entries.put(token, new Entry(verified, now.plus(TRUST)));
    }
}
