package dev.rigbus.kernel.host;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Cancel;
import dev.rigbus.kernel.call.DriverMessage.Credit;
import dev.rigbus.kernel.call.DriverMessage.Expire;
import dev.rigbus.kernel.call.DriverMessage.Fenced;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.OpenResource;
import dev.rigbus.kernel.call.DriverMessage.OpenStream;
import dev.rigbus.kernel.call.DriverMessage.Reset;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.value.Values;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One driver on the bus. Its fields belong to its context; nothing here blocks. */
public final class DriverVerticle extends VerticleBase {
    /** Makes what does the work, once the driver's context is there. */
    @FunctionalInterface
    public interface Maker {
        Performer make(EventLoop loop, Context context);
    }

    private final UUID uuid;
    private final Pickups pickups;
    private final Maker maker;
    private final Fence fence = new Fence();
    private final OpenStreams streams;
    private @Nullable Performer performer;
    private @Nullable MessageConsumer<DriverMessage> consumer;
    private @Nullable EventLoop loop;

    public DriverVerticle(UUID uuid, Pickups pickups, Maker maker) {
        this(uuid, pickups, new OpenStreams(), maker);
    }

    DriverVerticle(UUID uuid, Pickups pickups, OpenStreams streams, Maker maker) {
        this.uuid = uuid;
        this.pickups = pickups;
        this.streams = streams;
        this.maker = maker;
    }

    @Override
    public void init(Vertx vertx, Context context) {
        super.init(vertx, context);
        EventLoop here = ((ContextInternal) context).nettyEventLoop();
        loop = here;
        performer = maker.make(here, context);
    }

    @Override
    public Future<?> start() {
        // The device first, its address after: an address that answers is one that works.
        return Future.succeededFuture().compose(v -> performer().start()).compose(v -> {
            // Nobody on another node sends here directly: what comes from there has been let in by whoever hosts this
            // driver.
            consumer = vertx.eventBus().localConsumer(Addresses.driver(uuid), this::onMessage);
            return consumer.completion();
        });
    }

    @Override
    public Future<?> stop() {
        // No new calls, then those under way are told, then the device is let go.
        Future<Void> quiet = consumer == null ? Future.succeededFuture() : consumer.unregister();
        return quiet.eventually(() -> {
                    performer().cancelAll();
                    return Future.succeededFuture();
                })
                .eventually(() -> performer().close());
    }

    private Performer performer() {
        if (performer == null) {
            throw new IllegalStateException("not deployed");
        }
        return performer;
    }

    private void onMessage(Message<DriverMessage> message) {
        // A throw out of a bus handler leaves the caller waiting.
        try {
            DriverMessage body = message.body();
            if (body instanceof Fenced fenced) {
                admit(fenced);
            }
            dispatch(message, body);
        } catch (RuntimeException e) {
            answer(message, e);
        }
    }

    /** What was begun under an older fence has no business with the device any more. */
    private void admit(Fenced message) {
        if (fence.admit(message.fence())) {
            expire(fence.passed());
        }
    }

    private void expire(DriverException why) {
        streams.closeAll(why);
        performer().expireAll(why);
    }

    private void dispatch(Message<DriverMessage> message, DriverMessage body) {
        if (body instanceof Call call) {
            answer(message, performer().call(call.id(), call.method(), call.args()));
        } else if (body instanceof OpenItems open) {
            performer().open(open, items(message, open));
        } else if (body instanceof Credit credit) {
            performer().credit(credit.id(), credit.items());
        } else if (body instanceof Cancel cancel) {
            performer().cancel(cancel.id());
        } else if (body instanceof OpenStream open) {
            answer(message, openStream(open));
        } else if (body instanceof OpenResource open) {
            answer(message, performer().openResource(open.encoding()));
        } else if (body instanceof Reset reset) {
            answer(message, performer().reset(reset.fence()).map(v -> Values.NULL));
        } else if (body instanceof Expire expire) {
            expire(new DriverException(Reason.UNAVAILABLE, expire.why()));
        }
    }

    /** The first items answer the request, the others follow on the caller's endpoint. */
    private Consumer<Items> items(Message<DriverMessage> message, OpenItems open) {
        return items -> {
            if (items.sequence() == 0) {
                message.reply(items, ByReference.OPTIONS);
            } else {
                vertx.eventBus().send(open.id().endpoint(), items, ByReference.OPTIONS);
            }
        };
    }

    private Future<Ticket> openStream(OpenStream open) {
        return performer().openStream(open.method()).map(stream -> ticket(stream, open.fence()));
    }

    private Ticket ticket(ByteStream stream, long openedUnder) {
        try {
            // Opening may have taken longer than the lease.
            fence.check(openedUnder);
        } catch (DriverException e) {
            stream.close();
            throw e;
        }
        EventLoop here = Objects.requireNonNull(loop);
        streams.add(stream);
        return new Ticket(
                pickups.leave(wanted -> streams.take(stream, here, wanted), here, () -> streams.abandon(stream)), null);
    }

    private static void answer(Message<?> message, Future<?> result) {
        result.onComplete(done -> {
            if (done.succeeded()) {
                message.reply(done.result(), ByReference.OPTIONS);
            } else {
                answer(message, done.cause());
            }
        });
    }

    private static void answer(Message<?> message, Throwable cause) {
        var failure = Failures.failure(cause);
        message.fail(failure.code(), failure.text());
    }
}
