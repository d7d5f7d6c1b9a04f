package dev.rigbus.kernel.session;

import io.vertx.codegen.annotations.ProxyGen;
import io.vertx.codegen.annotations.VertxGen;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** Status and end of an exporter's session, as a service on the bus that any node can use. */
@ProxyGen
@VertxGen
public interface SessionService {
    /** The service of the exporter at this address, wherever it runs. */
    static SessionService at(Vertx vertx, String address) {
        return new SessionServiceVertxEBProxy(vertx, address);
    }

    /** A {@link SessionStatus}. */
    Future<JsonObject> status();

    /** Ends the session; answers at once, true if there is one. The hook runs after that. */
    Future<Boolean> endSession();

    /** Resets the drivers, the root first. */
    Future<Void> reset();
}
