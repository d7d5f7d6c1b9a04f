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
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The session of one exporter on the bus. */
public final class SessionVerticle extends VerticleBase implements SessionService, Session.World {
    private final String exporter;
    private final HookRunner hooks;
    private final LongFunction<Future<?>> reset;
    private final Session session;
    private @Nullable Context home;

    /**
     * @param hookSocket where the hooks' commands reach the exporter
     * @param reset resets the drivers under a fence
     */
    public SessionVerticle(
            String exporter,
            @Nullable HookSpec before,
            @Nullable HookSpec after,
            LogHub logs,
            String hookSocket,
            ExecutorService threads,
            LongFunction<Future<?>> reset) {
        this.exporter = exporter;
        this.hooks = new HookRunner(exporter, logs, hookSocket, threads, this::runOnHome);
        this.reset = reset;
        this.session = new Session(before, after, this);
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
                .register(SessionService.class, this)
                .completion();
    }

    /** Opens the first session; safe from any thread. */
    public Future<Void> open() {
        return here(session::open);
    }

    /** Ends the session for good, with its hook; safe from any thread. */
    public Future<Void> close() {
        return here(session::stop);
    }

    /** Completes when a hook's failure means that the exporter has to go. */
    public Future<Void> exit() {
        return session.exit();
    }

    private void runOnHome(Runnable task) {
        if (home != null) {
            home.runOnContext(v -> task.run());
        }
    }

    private <T> Future<T> here(java.util.function.Supplier<Future<T>> task) {
        if (home == null) {
            throw new IllegalStateException("not deployed");
        }
        Promise<T> done = Promise.promise();
        home.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    @Override
    public Future<JsonObject> status() {
        return Future.succeededFuture(session.status().toJson());
    }

    @Override
    public Future<Boolean> endSession() {
        return Future.succeededFuture(session.end());
    }

    @Override
    public Future<Void> reset() {
        return reset.apply(session.fence()).mapEmpty();
    }

    @Override
    public Future<?> reset(long fence) {
        return reset.apply(fence);
    }

    @Override
    public Future<Void> after(Duration time) {
        return vertx.timer(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .mapEmpty();
    }

    @Override
    public void statusChanged(SessionStatus status) {
        vertx.eventBus().publish(Addresses.exporterEvents(exporter), status.toJson());
    }

    @Override
    public RunningHook run(HookSpec hook, LogEntry.Source source) {
        return hooks.run(hook, source, "standalone", "");
    }
}
