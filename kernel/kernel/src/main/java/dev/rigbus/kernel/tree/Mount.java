package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import java.util.List;

/**
 * Drivers that run elsewhere, in a process of their own or on another node, at a place in an exporter's tree. Once started each of them
 * answers at its address on this node's bus as any driver does, with the uuid that it is reported with, until it is stopped.
 */
public interface Mount {
    /**
     * Starts what stands behind it; completes when the drivers answer.
     *
     * @return what a client is told of them, depth first, the driver at the place itself before all others and without parent and name.
     *     It stays true for as long as the exporter lives, whatever is started anew behind it.
     */
    Future<List<DriverInstanceReport>> start();

    /** Stops it, and waits until nothing of it is left. */
    Future<Void> stop();
}
