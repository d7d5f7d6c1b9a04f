package dev.rigbus.kernel.host;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;

/** Remembers the newest session that a driver has seen and refuses older ones. */
final class Fence {
    private long highest;

    /**
     * Lets a session in.
     *
     * @return whether it is the first to come of a session that is newer than one before
     * @throws DriverException if a newer one was here already
     */
    boolean admit(long fence) {
        check(fence);
        boolean newer = fence > highest && highest > 0;
        highest = fence;
        return newer;
    }

    /** Throws what {@link #admit} throws, for what was let in some time ago. */
    void check(long fence) {
        if (fence < highest) {
            throw new DriverException(
                    Reason.FAILED_PRECONDITION,
                    "the lease of this call is over (fence " + fence + ", now " + highest + ")");
        }
    }

    /** What those are told who were let in earlier. */
    DriverException passed() {
        return new DriverException(
                Reason.FAILED_PRECONDITION, "the lease of this call is over (fence now " + highest + ")");
    }
}
