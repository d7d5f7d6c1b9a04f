package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import org.jspecify.annotations.Nullable;

/** The exporters that run on this node: a stream to one ends here, without a peer. Asked on event loops; must not block. */
@FunctionalInterface
public interface LocalExporters {
    /** What is served to the one who holds the lease; absent if the exporter does not run here. */
    @Nullable
    CallHandlers handlers(Purpose purpose);
}
