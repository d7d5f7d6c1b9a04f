package dev.rigbus.lab.model;

import dev.rigbus.wire.ExporterStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an exporter is doing, written by its authority alone: the node that holds its drivers, or its newest Status stream.
 *
 * @param name of the exporter
 * @param node the authority
 * @param epoch one more whenever another node becomes it
 * @param status as last reported; UNSPECIFIED for one that never reports
 * @param lastSeen when it was last heard of; absent if never
 * @param online whether it was heard of lately and did not say good-bye
 * @param lease the name of the lease that it is granted to; absent if free
 * @param client who holds that lease, by name
 * @param told the lease that the exporter was last told about on its Status stream; absent after it was told that there is none
 * @param fence of the newest lease that it was granted to
 */
public record ExporterState(
        ObjectName name,
        String node,
        long epoch,
        ExporterStatus status,
        String message,
        @Nullable Instant lastSeen,
        boolean online,
        @Nullable String lease,
        @Nullable String client,
        @Nullable String told,
        long fence) {
    public static final String KIND = "exporter-state";

    /** What can be said of it while its authority cannot be asked. */
    public ExporterState lost() {
        return new ExporterState(
                name,
                node,
                epoch,
                ExporterStatus.EXPORTER_STATUS_OFFLINE,
                "Node " + node + " cannot be reached",
                lastSeen,
                false,
                lease,
                client,
                told,
                fence);
    }

    /** Whether it would take a lease now; one that never reports a status counts as ready while it is online. */
    public boolean isReady() {
        return online
                && (status == ExporterStatus.EXPORTER_STATUS_AVAILABLE
                        || status == ExporterStatus.EXPORTER_STATUS_UNSPECIFIED
                        // It reports nothing more after this one; nobody uses it, and its next session starts afresh.
                        || (status == ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED && lease == null));
    }
}
