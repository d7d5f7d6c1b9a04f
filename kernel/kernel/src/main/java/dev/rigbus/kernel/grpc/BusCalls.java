package dev.rigbus.kernel.grpc;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.Failures;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The node's side of calls to drivers: asks them over the bus, on behalf of a connection's event loop, and sorts what streams back. */
final class BusCalls {
    private final VertxInternal vertx;
    private final EventBus bus;
    private final String endpoint = Addresses.endpoint(UUID.randomUUID().toString());
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Id, ItemsReceiver> receivers = new ConcurrentHashMap<>();
    private final Map<EventLoop, ContextInternal> contexts = new ConcurrentHashMap<>();

    BusCalls(Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
        this.bus = vertx.eventBus();
    }

    /** Listens to the frames of streaming calls. */
    Future<Void> start() {
        MessageConsumer<Items> consumer = bus.localConsumer(endpoint, this::onItems);
        return consumer.completion();
    }

    /** Names a call of this node. */
    Id nextId() {
        return new Id(endpoint, numbers.incrementAndGet());
    }

    Future<Value> call(EventLoop loop, String address, Id id, long fence, String method, List<Value> args) {
        return request(loop, address, new DriverMessage.Call(id, fence, method, args));
    }

    Future<DriverMessage.Ticket> openStream(EventLoop loop, String address, long fence, String method) {
        return request(loop, address, new DriverMessage.OpenStream(fence, method));
    }

    Future<DriverMessage.Ticket> openResource(EventLoop loop, String address, long fence, @Nullable String encoding) {
        return request(loop, address, new DriverMessage.OpenResource(fence, encoding));
    }

    void cancel(EventLoop loop, String address, Id id) {
        receivers.remove(id);
        send(loop, address, new DriverMessage.Cancel(id));
    }

    void credit(EventLoop loop, String address, Id id, int items) {
        send(loop, address, new DriverMessage.Credit(id, items));
    }

    /** Starts a streaming call; its items are told on the event loop, in order. */
    void open(
            EventLoop loop,
            String address,
            Id id,
            long fence,
            String method,
            List<Value> args,
            int credit,
            ItemsReceiver.Sink sink) {
        ItemsReceiver receiver = new ItemsReceiver(loop, sink);
        DriverMessage open = new DriverMessage.OpenItems(id, fence, method, args, credit);
        receivers.put(id, receiver);
        this.<Items>request(loop, address, open).onComplete(done -> {
            if (done.failed()) {
                receivers.remove(id);
                receiver.failed(Failures.failure(done.cause()));
            } else {
                arrived(receiver, done.result());
            }
        });
    }

    private void onItems(Message<Items> message) {
        ItemsReceiver receiver = receivers.get(message.body().id());
        if (receiver != null) {
            arrived(receiver, message.body());
        }
    }

    private void arrived(ItemsReceiver receiver, Items items) {
        if (items.end()) {
            receivers.remove(items.id());
        }
        receiver.arrived(items);
    }

    private <T> Future<T> request(EventLoop loop, String address, DriverMessage message) {
        ContextInternal context = context(loop);
        ContextInternal before = context.beginDispatch();
        try {
            return bus.<T>request(address, message, ByReference.OPTIONS).map(Message::body);
        } finally {
            context.endDispatch(before);
        }
    }

    private void send(EventLoop loop, String address, DriverMessage message) {
        ContextInternal context = context(loop);
        ContextInternal before = context.beginDispatch();
        try {
            bus.send(address, message, ByReference.OPTIONS);
        } finally {
            context.endDispatch(before);
        }
    }

    /** Replies come back to the context that asked: here the one of the connection's own event loop. */
    ContextInternal context(EventLoop loop) {
        return contexts.computeIfAbsent(
                loop, l -> vertx.contextBuilder().withEventLoop(l).build());
    }
}
