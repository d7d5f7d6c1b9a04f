package dev.rigbus.kernel.session;

import io.vertx.codegen.annotations.ProxyGen;
import io.vertx.codegen.annotations.VertxGen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/** The lease of an exporter, as a service on the bus that any node can use. */
@ProxyGen
@VertxGen
public interface LeaseService {
    /** The service of the exporter at this address, wherever it runs. */
    static LeaseService at(Vertx vertx, String address) {
        // Longer than any hook that makes sense; some answers wait for one.
        long longest = Duration.ofHours(1).toMillis();
        return new LeaseServiceVertxEBProxy(vertx, address, new DeliveryOptions().setSendTimeout(longest));
    }

    /** A {@link SessionStatus}. */
    Future<JsonObject> status();

    /**
     * Gives the exporter to a client; complete when the drivers are reset and the before-lease hook runs, or, where there is none, the
     * exporter is ready. To repeat it for the lease that holds the exporter is no error.
     *
     * @param fence greater than those of all leases before
     */
    Future<Void> begin(String lease, String client, long fence);

    /** Gives a running lease to another client; no hook runs. */
    Future<Void> transfer(String lease, String client);

    /**
     * Takes the exporter back; complete when the after-lease hook has run and the exporter can be leased again. Without effect for a lease
     * that does not hold the exporter.
     *
     * @param reason for the client whose calls this cuts
     */
    Future<Void> end(String lease, String reason);

    /** What a client does when it is done: the hook runs, the lease stays. Answers at once, false if the fence is not of the lease. */
    Future<Boolean> endSession(long fence);

    /** Resets the drivers, the root first, if the fence is of the lease. */
    Future<Void> reset(long fence);
}
