package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
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
    boolean isOnline() {
        return state != null && state.online() && exporter.isRegistered();
    }

    boolean isLeased() {
        return holder != null;
    }

    /** Whether its authority would take a lease; while it still knows of one that has ended it is being cleaned up. */
    boolean isReady() {
        return state != null && state.isReady() && state.lease() == null;
    }

    String name() {
        return exporter.name().name();
    }
}
