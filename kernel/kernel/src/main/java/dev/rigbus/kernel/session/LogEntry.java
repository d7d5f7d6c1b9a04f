package dev.rigbus.kernel.session;

import java.time.Instant;

/**
 * One line of the log that a client sees.
 *
 * @param severity DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals: stock clients choke on others
 */
public record LogEntry(Instant time, String severity, String message, Source source) {
    /** Where a line comes from. */
    public enum Source {
        DRIVER,
        BEFORE_LEASE_HOOK,
        AFTER_LEASE_HOOK,
        SYSTEM
    }
}
