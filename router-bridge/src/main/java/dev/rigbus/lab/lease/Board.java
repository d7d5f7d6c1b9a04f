package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.wire.ExporterStatus;
import org.jspecify.annotations.Nullable;

/**
 * An exporter with all that decides whether it can be leased now.
 *
 * @param state absent for one that was never seen
 * @param holder the lease that has it, by the lease's own record; absent if none does
 */
public record Board(
        Exporter exporter,
        @Nullable ExporterState state,
        @Nullable Lease holder) {
    /** Whether it can be reached and has told what it consists of. */
    public boolean isOnline() {
        return state != null && state.online() && exporter.isRegistered();
    }

    /** What it is doing, as far as it is known. */
    public ExporterStatus status() {
        return state == null ? ExporterStatus.EXPORTER_STATUS_UNSPECIFIED : state.status();
    }

    /** What it says about that. */
    public String message() {
        return state == null ? "Never seen" : state.message();
    }

    boolean isLeased() {
        return holder != null;
    }

    /** Whether its authority would take a lease; while it still knows of one that has ended it is being cleaned up. */
    boolean isReady() {
        return state != null && state.isReady() && state.lease() == null;
    }

    /** The same, or it is about to take this very lease, for which no other board is to be sought meanwhile. */
    boolean isReadyFor(Lease lease) {
        return isReady()
                || state != null && state.isReady() && lease.name().name().equals(state.lease());
    }

    String name() {
        return exporter.name().name();
    }
}
