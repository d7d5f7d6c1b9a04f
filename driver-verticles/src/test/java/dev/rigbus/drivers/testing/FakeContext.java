package dev.rigbus.drivers.testing;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Transports;
import dev.rigbus.kernel.pump.NettyTransports;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The world of a driver under test: a real Vert.x, real threads and transports, and nobody who calls. */
public final class FakeContext implements DriverContext, AutoCloseable {
    private final String path;
    private final Vertx vertx;
    private final Map<String, Driver> children;
    private final Context home;
    private final ExecutorService threads;
    private final UUID uuid = UUID.randomUUID();

    private FakeContext(String path, Vertx vertx, Map<String, Driver> children, Context home, ExecutorService threads) {
        this.path = path;
        this.vertx = vertx;
        this.children = children;
        this.home = home;
        this.threads = threads;
    }

    public static FakeContext create() {
        return create(Map.of());
    }

    public static FakeContext create(Map<String, Driver> children) {
        // As the exporter does: only the native transport half-closes a socket of the file system.
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        ThreadPoolExecutor threads = (ThreadPoolExecutor) Executors.newCachedThreadPool();
        // A stream that ends because the test is over finds nobody who would wait for it.
        threads.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return new FakeContext("driver", vertx, children, vertx.getOrCreateContext(), threads);
    }

    @Override
    public UUID uuid() {
        return uuid;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Logger log() {
        return LoggerFactory.getLogger("driver." + path);
    }

    @Override
    public Vertx vertx() {
        return vertx;
    }

    @Override
    public Transports transports() {
        EventLoop loop = ((ContextInternal) home).nettyEventLoop();
        return new NettyTransports(vertx, () -> loop, threads);
    }

    @Override
    public Map<String, Driver> children() {
        return children;
    }

    @Override
    public DriverContext child(String name) {
        return new FakeContext(path + "." + name, vertx, Map.of(), home, threads);
    }

    @Override
    public <T> Future<T> blocking(Callable<T> task) {
        Promise<T> done = Promise.promise();
        threads.execute(() -> {
            try {
                T result = task.call();
                home.runOnContext(nothing -> done.complete(result));
            } catch (Exception e) {
                home.runOnContext(nothing -> done.fail(e));
            }
        });
        return done.future();
    }

    /** Calls the driver where the kernel would, on its event loop, and waits for the answer. */
    public <T> T call(Supplier<Future<T>> method) {
        Promise<T> done = Promise.promise();
        home.runOnContext(nothing -> method.get().onComplete(done));
        return await(done.future());
    }

    /** Does something on the driver's event loop and waits until it is done. */
    public void run(Runnable task) {
        call(() -> {
            task.run();
            return Future.succeededFuture();
        });
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await(vertx.close());
    }

    /** What the future completes with, within ten seconds; its failure as the driver threw it. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new CallFailed(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer in 10 s", e);
        }
    }

    /** A checked failure of a driver, with its message. */
    public static final class CallFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CallFailed(ExecutionException failure) {
            super(
                    failure.getCause() == null
                            ? failure.getMessage()
                            : failure.getCause().getMessage(),
                    failure);
        }
    }
}
