package dev.rigbus.lab.authority;

import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;

/** An exporter of this node, as its authority leads it through its leases. Safe to use from any thread. */
public interface OwnExporter {
    /** Brings it into a lease; its hooks run, and what comes of them it reports. */
    Future<?> begin(String lease, String client, long fence);

    /** The lease goes on for another client. */
    Future<?> transfer(String client);

    /** Takes it out of its lease: whoever uses it is cut off, its hook runs. */
    Future<?> end(String reason);

    /** From now on tells what it does; the last thing that it did is told at once. */
    void report(Reports to);

    /** What it tells. */
    interface Reports {
        /**
         * As the wire's ReportStatus.
         *
         * @param released the fence of the lease that it gives back; 0 for none
         */
        void status(ExporterStatus status, String message, long released);
    }
}
