package dev.rigbus.kernel.session;

/** Hears of what becomes of a leased exporter. */
@FunctionalInterface
public interface StatusListener {
    /**
     * Called in order, on the exporter's event loop, after the change.
     *
     * @param releaseWanted the lease that was begun under the status's fence is of no more use and should be ended; its hook failed, its
     *     client ended the session without releasing, or the exporter is gone. The status may be one that was told before.
     */
    void changed(SessionStatus status, boolean releaseWanted);
}
