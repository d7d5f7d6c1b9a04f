package dev.rigbus.kernel.host;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.pump.RawStreams;
import dev.rigbus.kernel.resource.ResourceTable;
import dev.rigbus.kernel.schema.SchemaMethod;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A driver of this process at its address. Another instance can take the place of the one that serves while clients use it: calls and streams
 * under way stay with the one that they began with. The public methods are safe to use from any thread.
 */
public final class LocalDriver {
    /** A device may have to be woken up. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final Duration PROBE = Duration.ofSeconds(10);

    private final ExecutorService threads;
    private final Pickups pickups;
    private final OpenStreams streams = new OpenStreams();
    private final DriverVerticle verticle;
    private final List<Instance> passing = new ArrayList<>();
    /** Until it serves. */
    private @Nullable Driver first;

    private volatile @Nullable ContextInternal context;
    private @Nullable ResourceTable resources;
    private @Nullable Instance serving;
    private boolean closed;

    /**
     * @param home completed with the driver's event loop when it is deployed
     * @throws IllegalArgumentException if the driver's class declares what cannot be served
     */
    public LocalDriver(
            UUID uuid, Driver driver, CompletableFuture<EventLoop> home, ExecutorService threads, Pickups pickups) {
        DriverModel.of(driver.getClass());
        this.threads = threads;
        this.pickups = pickups;
        this.first = driver;
        this.verticle = new DriverVerticle(uuid, pickups, streams, (loop, where) -> begin(loop, where, home));
        streams.onGone(stream -> onContext(() -> {
            forget(stream);
            return Future.succeededFuture();
        }));
    }

    /** What drivers of a class can be called for. */
    public static List<SchemaMethod> callable(Class<? extends Driver> type) {
        return DriverModel.of(type).callable();
    }

    /** What has to be deployed. */
    public DriverVerticle verticle() {
        return verticle;
    }

    private Performer begin(EventLoop loop, Context where, CompletableFuture<EventLoop> home) {
        Driver begins = Objects.requireNonNull(first);
        DriverModel model = DriverModel.of(begins.getClass());
        context = (ContextInternal) where;
        resources = new ResourceTable(loop);
        home.complete(loop);
        serving = new Instance(begins, model, new CallOrder(model.isConcurrent()));
        first = null;
        return new Serving();
    }

    private ContextInternal context() {
        ContextInternal now = context;
        if (now == null) {
            throw new IllegalStateException("not deployed");
        }
        return now;
    }

    private Instance serving() {
        return Objects.requireNonNull(serving);
    }

    private <T> Future<T> onContext(Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        context().runOnContext(v -> {
            try {
                task.get().onComplete(done);
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    /** On the driver's context. */
    private void forget(ByteStream stream) {
        serving().release(stream);
        List.copyOf(passing).forEach(each -> each.release(stream));
    }

    /** One instance, with what is under way on it. */
    private final class Instance {
        private final Driver driver;
        private final DriverModel model;
        private final CallOrder order;
        private final DriverHost host;
        private final List<ByteStream> open = new ArrayList<>();
        private final Promise<Void> quiet = Promise.promise();
        private final Promise<Void> idle = Promise.promise();
        private boolean passed;
        private boolean over;
        private @Nullable Trial trial;

        Instance(Driver driver, DriverModel model, CallOrder order) {
            this.driver = driver;
            this.model = model;
            this.order = order;
            this.host = new DriverHost(
                    driver, model, new Turns(context()), threads, Objects.requireNonNull(resources), order);
        }

        /** From now on another serves. */
        void pass() {
            passed = true;
            host.onChange(this::look);
            look();
        }

        private void look() {
            if (passed && host.isQuiet()) {
                quiet.tryComplete();
                if (host.isIdle() && open.isEmpty()) {
                    idle.tryComplete();
                }
            }
        }

        void release(ByteStream stream) {
            if (open.remove(stream)) {
                look();
            }
        }

        private <T> Future<T> tried(Future<T> call) {
            Trial under = trial;
            if (under != null) {
                if (under.isOver()) {
                    trial = null;
                } else {
                    call.onComplete(ended -> under.ended(ended.cause()));
                }
            }
            return call;
        }

        Future<ByteStream> openStream(String method) {
            return tried(host.openStream(method)).map(stream -> {
                // What comes straight from a transport needs no driver to go on.
                ByteStream given = RawStreams.isTransport(stream) ? stream : new Relay(stream);
                open.add(given);
                return given;
            });
        }

        Future<?> close() {
            if (over) {
                return Future.succeededFuture();
            }
            over = true;
            passing.remove(this);
            return driver.close();
        }
    }

    /** Has the instance that serves, and those before it, do what the messages ask for. */
    private final class Serving implements Performer {
        @Override
        public Future<?> start() {
            return serving().driver.start();
        }

        @Override
        public Future<?> close() {
            closed = true;
            List<Instance> all = new ArrayList<>(passing);
            all.add(serving());
            return Future.join(all.stream().map(Instance::close).toList());
        }

        @Override
        public Future<?> reset(long fence) {
            return serving().driver.reset();
        }

        @Override
        public Future<Value> call(Id id, String method, List<Value> args) {
            Instance now = serving();
            return now.tried(now.host.call(id, method, args));
        }

        @Override
        public void open(OpenItems request, Consumer<Items> out) {
            serving().host.open(request, out);
        }

        @Override
        public Future<ByteStream> openStream(String method) {
            return serving().openStream(method);
        }

        @Override
        public Future<Ticket> openResource(@Nullable String encoding) {
            return Future.succeededFuture(Objects.requireNonNull(resources).open(pickups, encoding));
        }

        /** A call is known to the one that it runs on. */
        private void each(Consumer<DriverHost> what) {
            what.accept(serving().host);
            if (!passing.isEmpty()) {
                List.copyOf(passing).forEach(instance -> what.accept(instance.host));
            }
        }

        @Override
        public void credit(Id id, int items) {
            each(host -> host.credit(id, items));
        }

        @Override
        public void cancel(Id id) {
            each(host -> host.cancel(id));
        }

        @Override
        public void cancelAll() {
            each(DriverHost::cancelAll);
            Objects.requireNonNull(resources).close();
        }

        @Override
        public void expireAll(Throwable cause) {
            each(host -> host.expireAll(cause));
            Objects.requireNonNull(resources).close();
        }
    }

    /**
     * Starts another instance beside the one that serves and asks it whether all is well; if not, it is closed and nothing has changed.
     *
     * @param home completed with the driver's event loop
     */
    public Future<Successor> prepare(Driver next, CompletableFuture<EventLoop> home) {
        DriverModel model;
        try {
            model = DriverModel.of(next.getClass());
        } catch (IllegalArgumentException e) {
            return discard(next).transform(v -> Future.failedFuture(e));
        }
        return onContext(() -> {
            home.complete(context().nettyEventLoop());
            // Calls to a device run one after the other, whichever instance they are for.
            CallOrder order = model.isConcurrent() || serving().model.isConcurrent()
                    ? new CallOrder(model.isConcurrent())
                    : serving().order;
            Instance made = new Instance(next, model, order);
            return Future.succeededFuture()
                    .compose(v -> within(START, next.start(), "start"))
                    .compose(v -> within(PROBE, next.probe(), "probe"))
                    .compose(v -> closed
                            ? Future.failedFuture("the driver has been stopped")
                            : Future.succeededFuture(new Successor(made)))
                    .recover(cause -> made.close().transform(v -> Future.failedFuture(cause)));
        });
    }

    /** Asks the instance that serves whether all is well. */
    public Future<Void> probe() {
        return onContext(() -> within(PROBE, serving().driver.probe(), "probe").mapEmpty());
    }

    private static <T> Future<T> within(Duration limit, Future<T> future, String what) {
        return future.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(
                        cause instanceof TimeoutException && !future.isComplete()
                                ? new TimeoutException(what + " did not end within " + limit.toSeconds() + " s")
                                : cause));
    }

    /** Closes an instance that was made to be prepared and is not wanted. */
    public Future<Void> discard(Driver made) {
        return onContext(() -> made.close().mapEmpty());
    }

    /** An instance that could take the place of the one that serves. */
    public final class Successor {
        private final Instance next;

        private Successor(Instance next) {
            this.next = next;
        }

        /** Has it serve from now on; the one before finishes what it has begun, and closes only when told to. */
        public Future<Predecessor> take(@Nullable Trial trial) {
            return onContext(() -> {
                Instance old = serving();
                next.trial = trial;
                serving = next;
                passing.add(old);
                old.pass();
                return closed
                        ? next.close().map(new Predecessor(old, next))
                        : Future.succeededFuture(new Predecessor(old, next));
            });
        }

        /** It is not wanted. */
        public Future<Void> drop() {
            return onContext(() -> next.close().mapEmpty());
        }
    }

    /** An instance whose place another has taken. */
    public final class Predecessor {
        private final Instance old;
        private final Instance next;

        private Predecessor(Instance old, Instance next) {
            this.old = old;
            this.next = next;
        }

        /** Complete when no call runs on it any more; streaming calls and streams may. */
        public Future<Void> quiet() {
            return old.quiet.future();
        }

        /** Complete when nothing is under way on it any more. */
        public Future<Void> idle() {
            return old.idle.future();
        }

        /** Gives its raw streams to the one that serves, if both can; fails if they are not there, nor with it any more. */
        public Future<Void> handOver() {
            return onContext(() -> closed
                    ? Future.succeededFuture()
                    : new HandOver(old.driver, next.driver).of(old.open).map(moved -> {
                        old.open.removeAll(moved);
                        next.open.addAll(moved);
                        old.look();
                        return null;
                    }));
        }

        /** Ends what is still under way on it. */
        public void expire(String why) {
            onContext(() -> {
                DriverException cause = new DriverException(Reason.UNAVAILABLE, why);
                old.host.expireAll(cause);
                List.copyOf(old.open).forEach(stream -> streams.close(stream, cause));
                return Future.succeededFuture();
            });
        }

        public Future<Void> close() {
            return onContext(() -> old.close().mapEmpty());
        }
    }
}
