package dev.rigbus.kernel.host;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;

/** NOT FOR USE: a fence that lets everybody through, with which the partition test proves that it would notice. */
final class Fence {
    boolean admit(long fence) {
        return false;
    }

    void check(long fence) {}

    DriverException passed() {
        return new DriverException(Reason.FAILED_PRECONDITION, "never");
    }
}
