package dev.rigbus.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Messages between the stores of a lab on its event bus. */
final class BusPeers implements Peers {
    private final Vertx vertx;
    private final String self;
    private @Nullable MessageConsumer<JsonObject> consumer;

    BusPeers(Vertx vertx, String self) {
        this.vertx = vertx;
        this.self = self;
    }

    private static String address(String node) {
        return "node/" + node + "/records";
    }

    @Override
    public Future<JsonObject> request(String node, JsonObject message, Duration timeout) {
        return vertx.eventBus()
                .<JsonObject>request(address(node), message, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .map(Message::body)
                .recover(cause -> Future.failedFuture(
                        cause instanceof ReplyException e && e.failureType() == ReplyFailure.NO_HANDLERS
                                ? new UnreachableException(node)
                                : cause));
    }

    @Override
    public Future<Void> serve(Function<JsonObject, Future<JsonObject>> handler) {
        MessageConsumer<JsonObject> made = vertx.eventBus()
                .consumer(
                        address(self),
                        message -> Future.succeededFuture(message.body())
                                .compose(handler::apply)
                                .onSuccess(message::reply)
                                .onFailure(cause -> message.fail(1, String.valueOf(cause.getMessage()))));
        consumer = made;
        return made.completion();
    }

    @Override
    public Future<Void> close() {
        MessageConsumer<JsonObject> made = consumer;
        return made == null ? Future.succeededFuture() : made.unregister();
    }
}
