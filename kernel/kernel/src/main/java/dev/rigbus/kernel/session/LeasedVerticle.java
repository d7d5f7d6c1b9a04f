package dev.rigbus.kernel.session;

import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.session.Session.RunningHook;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.serviceproxy.ServiceBinder;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases of one exporter on the bus, one after the other. */
public final class LeasedVerticle extends VerticleBase implements LeaseService, LeasedSession.World {
    private static final Logger log = LoggerFactory.getLogger(LeasedVerticle.class);

    private final String exporter;
    private final LogHub logs;
    private final LongFunction<Future<?>> reset;
    private final HookRunner hooks;
    private final LeasedSession session;
    private volatile StatusListener listener = (status, releaseWanted) -> {};
    private @Nullable Context home;

    /**
     * @param hookSocket where the hooks' commands reach the exporter
     * @param reset resets the drivers under a fence
     */
    public LeasedVerticle(
            String exporter,
            @Nullable HookSpec before,
            @Nullable HookSpec after,
            LogHub logs,
            String hookSocket,
            ExecutorService threads,
            LongFunction<Future<?>> reset) {
        this.exporter = exporter;
        this.logs = logs;
        this.reset = reset;
        this.hooks = new HookRunner(exporter, logs, hookSocket, threads, this::runOnHome);
        this.session = new LeasedSession(before, after, this);
    }

    @Override
    public void init(Vertx vertx, Context context) {
        super.init(vertx, context);
        home = context;
    }

    @Override
    public Future<?> start() {
        return new ServiceBinder(vertx)
                .setAddress(Addresses.exporter(exporter))
                .register(LeaseService.class, this)
                .completion();
    }

    /** Sets who hears of changes; safe from any thread. */
    public void listen(StatusListener to) {
        listener = to;
    }

    /** Does something where the session lives; it completes after its changes have been told. Safe from any thread. */
    public <T> Future<T> onHome(Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        runOnHome(() -> task.get().onComplete(outcome -> runOnHome(() -> done.handle(outcome))));
        return done.future();
    }

    private void runOnHome(Runnable task) {
        if (home == null) {
            throw new IllegalStateException("not deployed");
        }
        home.runOnContext(v -> task.run());
    }

    /** Safe from any thread. */
    public SessionStatus current() {
        return session.status();
    }

    /** Who holds the exporter now; safe from any thread. */
    public @Nullable Holding holding() {
        return session.holding();
    }

    /** Completes when a hook's failure means that the exporter has to go. */
    public Future<Void> exit() {
        return session.exit();
    }

    /** Ends the lease, with its hook, and serves no other; safe from any thread. */
    public Future<Void> close() {
        return onHome(session::stop);
    }

    @Override
    public Future<JsonObject> status() {
        return Future.succeededFuture(session.status().toJson());
    }

    @Override
    public Future<Void> begin(String lease, String client, long fence) {
        return session.begin(lease, client, fence);
    }

    @Override
    public Future<Void> transfer(String lease, String client) {
        return isHeldBy(lease)
                ? session.transfer(client)
                : Future.failedFuture(new IllegalStateException("lease " + lease + " does not hold the exporter"));
    }

    @Override
    public Future<Void> end(String lease, String reason) {
        return isHeldBy(lease) ? session.end(reason) : Future.succeededFuture();
    }

    private boolean isHeldBy(String lease) {
        Holding now = session.holding();
        return now != null && now.lease().equals(lease);
    }

    /** Ends whatever lease there is. */
    public Future<Void> end(String reason) {
        return session.end(reason);
    }

    /** Gives whatever lease there is to another client. */
    public Future<Void> transfer(String client) {
        return session.transfer(client);
    }

    @Override
    public Future<Boolean> endSession(long fence) {
        return Future.succeededFuture(session.endSession(fence));
    }

    @Override
    public Future<Void> reset(long fence) {
        Holding now = session.holding();
        return now != null && now.fence() == fence
                ? reset.apply(fence).mapEmpty()
                : Future.failedFuture(new IllegalStateException("the lease of fence " + fence + " is over"));
    }

    @Override
    public Future<?> prepare(long fence) {
        logs.forget();
        return reset.apply(fence);
    }

    @Override
    public RunningHook run(HookSpec hook, LogEntry.Source source, Holding holding) {
        return hooks.run(hook, source, holding.lease(), holding.client());
    }

    @Override
    public Future<Void> after(Duration time) {
        return vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
    }

    @Override
    public void statusChanged(SessionStatus status, boolean releaseWanted) {
        vertx.eventBus().publish(Addresses.exporterEvents(exporter), status.toJson());
        // Later, since whoever hears of it may want the next thing at once.
        runOnHome(() -> {
            try {
                listener.changed(status, releaseWanted);
            } catch (RuntimeException e) {
                log.error("the status {} of exporter {} was not taken", status.shortName(), exporter, e);
            }
        });
    }
}
