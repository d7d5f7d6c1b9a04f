package dev.rigbus.kernel.host;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;

/** Remembers the newest session that a driver has seen and refuses older ones. */
final class Fence {
    private long highest;

    void admit(long fence) {
        if (fence < highest) {
            throw new DriverException(
                    Reason.FAILED_PRECONDITION,
                    "the lease of this call is over (fence " + fence + ", now " + highest + ")");
        }
        highest = fence;
    }
}
