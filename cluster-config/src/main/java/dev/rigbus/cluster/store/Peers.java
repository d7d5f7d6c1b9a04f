package dev.rigbus.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Function;

/** The way to the stores of the other nodes. */
interface Peers {
    /** Fails with an {@link UnreachableException} only if the other has certainly not seen the message. */
    Future<JsonObject> request(String node, JsonObject message, Duration timeout);

    /** Names who answers on this node; complete when others can ask. */
    Future<Void> serve(Function<JsonObject, Future<JsonObject>> handler);

    /** Answers no more. */
    Future<Void> close();

    /** Nobody is there. */
    final class UnreachableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnreachableException(String node) {
            super("node " + node + " cannot be reached", null, false, false);
        }
    }
}
