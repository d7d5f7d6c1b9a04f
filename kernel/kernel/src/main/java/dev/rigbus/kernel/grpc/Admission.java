package dev.rigbus.kernel.grpc;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.session.SessionStatus;

/** Decides for each call to a driver whether it is made at all. */
@FunctionalInterface
interface Admission {
    /**
     * The fence that the call carries.
     *
     * @throws DriverException if it is refused
     */
    long fence();

    /** What a status allows. */
    static long under(SessionStatus status) {
        if (!status.allowsCalls()) {
            throw new DriverException(
                    Reason.FAILED_PRECONDITION,
                    "Exporter not ready for driver calls (status: " + status.shortName() + ")");
        }
        return status.fence();
    }
}
