package dev.rigbus.lab.authority;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The Listen calls of stock exporters: each is held by the node that it arrived at, and fed by the exporter's authority wherever that is. */
public final class ListenDesk {
    private static final DeliveryOptions SOON = new DeliveryOptions().setSendTimeout(3000);

    private final Vertx vertx;
    private final String node;
    private final Map<String, Held> calls = new ConcurrentHashMap<>();

    private record Held(ObjectName exporter, String lease, ListenStream stream) {}

    /** Names a Listen call anywhere in the lab. */
    public record Ticket(String node, String id) {}

    /** A Listen call, as the one who sends on it. Used on any thread. */
    public interface ListenStream {
        /** Sends it; false if there is no room, or nobody there any more. */
        Future<Boolean> invite(Invitation invitation);

        /** Ends it the friendly way. */
        void end();
    }

    public ListenDesk(Vertx vertx, String node) {
        this.vertx = vertx;
        this.node = node;
    }

    private static String address(String node) {
        return "node/" + node + "/listens";
    }

    /** Lets other nodes feed the calls that are held here. */
    public Future<Void> start() {
        return vertx.eventBus().<JsonObject>consumer(address(node), this::asked).completion();
    }

    private void asked(Message<JsonObject> message) {
        JsonObject body = message.body();
        if (body.containsKey("token")) {
            feed(body.getString("id"), Invitation.of(body))
                    .onSuccess(v -> message.reply(true))
                    .onFailure(gone -> message.fail(Code.UNAVAILABLE.number(), gone.getMessage()));
        } else {
            end(body.getString("id"));
            message.reply(true);
        }
    }

    private Future<Void> feed(String id, Invitation invitation) {
        Held call = calls.get(id);
        if (call == null) {
            return unavailable("that exporter listens no more");
        }
        return call.stream()
                .invite(invitation)
                .otherwise(false)
                .compose(taken -> taken
                        ? Future.succeededFuture()
                        : unavailable("that exporter takes no more clients at the moment"));
    }

    private static Future<Void> unavailable(String why) {
        return Future.failedFuture(new StatusException(Code.UNAVAILABLE, why));
    }

    private void end(String id) {
        Held call = calls.remove(id);
        if (call != null) {
            call.stream().end();
        }
    }

    /** Takes in a call that arrived here. */
    public Ticket add(ObjectName exporter, String lease, ListenStream stream) {
        String id = UUID.randomUUID().toString();
        calls.put(id, new Held(exporter, lease, stream));
        return new Ticket(node, id);
    }

    /** The calls of one exporter that are held here, with the leases that they are for. */
    Map<Ticket, String> of(ObjectName exporter) {
        Map<Ticket, String> found = new LinkedHashMap<>();
        calls.forEach((id, call) -> {
            if (call.exporter().equals(exporter)) {
                found.put(new Ticket(node, id), call.lease());
            }
        });
        return found;
    }

    /** Forgets a call that is over. */
    public void remove(Ticket ticket) {
        calls.remove(ticket.id());
    }

    Future<Void> deliver(Ticket ticket, Invitation invitation) {
        if (ticket.node().equals(node)) {
            // Without the bus, which may have to ask a node that does not answer who listens where.
            Context caller = vertx.getOrCreateContext();
            Promise<Void> answer = Promise.promise();
            feed(ticket.id(), invitation)
                    .onComplete(done -> caller.runOnContext(v -> {
                        if (done.succeeded()) {
                            answer.complete();
                        } else {
                            answer.fail(done.cause());
                        }
                    }));
            return answer.future();
        }
        JsonObject body = invitation.toJson().put("id", ticket.id());
        return vertx.eventBus()
                .request(address(ticket.node()), body, SOON)
                .<Void>mapEmpty()
                .recover(failure -> Future.failedFuture(new StatusException(
                        Code.UNAVAILABLE, "the exporter could not be told: " + failure.getMessage())));
    }

    void dismiss(Ticket ticket) {
        if (ticket.node().equals(node)) {
            end(ticket.id());
            return;
        }
        vertx.eventBus().request(address(ticket.node()), new JsonObject().put("id", ticket.id()), SOON);
    }
}
