package dev.rigbus.lab.authority;

import io.vertx.codegen.annotations.ProxyGen;
import io.vertx.codegen.annotations.VertxGen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/** The authority of one exporter, as a service on the bus that any node can use. */
@ProxyGen
@VertxGen
public interface AuthorityService {
    /**
     * The authority of this exporter, wherever it is.
     *
     * @param exporter {@code namespace/name}
     * @param timeoutMillis after which a call fails
     */
    static AuthorityService at(Vertx vertx, String exporter, long timeoutMillis) {
        return new AuthorityServiceVertxEBProxy(
                vertx, address(exporter), new DeliveryOptions().setSendTimeout(timeoutMillis));
    }

    static String address(String exporter) {
        return "exporter/" + exporter + "/authority";
    }

    /** A lease that waits, among others, for this exporter; true if it has it now. */
    Future<Boolean> offer(String lease);

    /** An {@link Invitation} for the client of this lease. Waits while the exporter gets ready; fails with a status for the client. */
    Future<JsonObject> dial(String lease);

    /**
     * What the exporter says that it is doing.
     *
     * @param status the name of a wire status
     * @param release whether it gives its lease back as well
     */
    Future<Void> reported(String status, String message, boolean release);

    /** The exporter gives this lease back; false if it does not have it. */
    Future<Boolean> release(String lease);

    /** The process of a stock exporter came up. */
    Future<Void> started();

    /** The exporter listens for clients of this lease: the call is held by this node under this id. */
    Future<Void> listening(String lease, String node, String id);

    /** Another node becomes the authority, and goes on from the {@code ExporterState} that this answers. */
    Future<JsonObject> yield();
}
