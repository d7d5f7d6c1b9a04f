package dev.rigbus.kernel.nodes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.pump.Chunks;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.pump.Splice;
import dev.rigbus.kernel.tree.DriverCatalog;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node hosts for exporters of other nodes. Safe to use from any thread. */
public final class Hostings {
    /** Streams that were opened here are picked up by this name. */
    static final String PICKUP = "pickup";

    /** Messages for drivers that are hosted here come this way. */
    static final String LINE = "hosting";

    private static final Logger log = LoggerFactory.getLogger(Hostings.class);

    private final Vertx vertx;
    private final String self;
    private final DriverCatalog catalog;
    private final Pickups pickups = new Pickups();
    private final Map<String, Hosting> hostings = new ConcurrentHashMap<>();
    private @Nullable MessageConsumer<JsonObject> consumer;

    public Hostings(Vertx vertx, String self, DriverCatalog catalog) {
        this.vertx = vertx;
        this.self = self;
        this.catalog = catalog;
    }

    /** Hosts drivers from now on. */
    public Future<Void> start(NodeLinks links) {
        ByReference.register(vertx);
        links.accept(PICKUP, this::pickedUp);
        links.accept(LINE, this::joined);
        MessageConsumer<JsonObject> made = vertx.eventBus().consumer(Addresses.hostings(self), this::asked);
        consumer = made;
        return made.completion();
    }

    private void pickedUp(String node, byte[] header, RawStream stream) {
        ByteBuffer ticket = ByteBuffer.wrap(header);
        try {
            RawStream device = pickups.take(new UUID(ticket.getLong(), ticket.getLong()), stream.eventLoop());
            Splice.join(new Chunks(stream), device);
        } catch (RuntimeException e) {
            log.atInfo().addKeyValue("node", node).log("a stream was not picked up: {}", e.getMessage());
            stream.close();
        }
    }

    private void joined(String node, byte[] header, RawStream stream) {
        Hosting hosting = hostings.get(new String(header, UTF_8));
        if (hosting == null || !hosting.isOf(node)) {
            stream.close();
        } else {
            hosting.join(stream);
        }
    }

    /** The way to what this node hosts for an exporter of its own. */
    Future<Way> way(String id, Way.Ear ear) {
        Hosting hosting = hostings.get(id);
        return hosting == null
                ? Future.failedFuture("it is not hosted here")
                : Future.succeededFuture(hosting.way(ear));
    }

    /** The same on this node. */
    Future<RawStream> take(UUID ticket, EventLoop loop) {
        try {
            return Future.succeededFuture(pickups.take(ticket, loop));
        } catch (IllegalStateException e) {
            return Future.failedFuture(e);
        }
    }

    private void asked(Message<JsonObject> message) {
        JsonObject order = message.body();
        String id = order.getString("id", "");
        Future<JsonObject> done = switch (order.getString("op", "")) {
            case "ready" -> Future.succeededFuture(new JsonObject());
            case "release" -> release(id);
            default -> host(id, order);
        };
        done.onSuccess(message::reply).onFailure(cause -> {
            var failure = Failures.failure(cause);
            message.fail(failure.code(), failure.text());
        });
    }

    private Future<JsonObject> host(String id, JsonObject order) {
        Hosting known = hostings.get(id);
        if (known != null) {
            return known.reports();
        }
        Hosting made = new Hosting(vertx, self, id, order, catalog, pickups, hostings::remove);
        // An exporter that was started anew knows nothing of what it had before.
        Future<?> free = Future.succeededFuture();
        for (Hosting other : List.copyOf(hostings.values())) {
            if (other.isEarlierOf(made)) {
                free = free.compose(v -> other.end("its exporter was started anew"));
            }
        }
        hostings.put(id, made);
        return free.compose(v -> made.start());
    }

    private Future<JsonObject> release(String id) {
        Hosting known = hostings.get(id);
        return known == null
                ? Future.succeededFuture(new JsonObject())
                : known.end("its exporter no longer wants it").map(new JsonObject());
    }

    /** Stops all drivers that are hosted here. */
    public Future<Void> close() {
        Future<?> all = consumer == null ? Future.succeededFuture() : consumer.unregister();
        for (Hosting hosting : List.copyOf(hostings.values())) {
            all = all.transform(v -> hosting.end("the node stops"));
        }
        return all.mapEmpty();
    }
}
