package dev.rigbus.drivers.testing;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Transports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The world of a driver under test: a real Vert.x, real threads and streams, and nobody who calls. */
public final class FakeContext implements DriverContext, AutoCloseable {
    private final String path;
    private final Vertx vertx;
    private final Map<String, Driver> children;
    private final UUID uuid = UUID.randomUUID();
    private final Transports transports;

    private FakeContext(String path, Vertx vertx, Map<String, Driver> children) {
        this.path = path;
        this.vertx = vertx;
        this.children = children;
        this.transports = new FakeTransports(vertx);
    }

    public static FakeContext create() {
        return create(Map.of());
    }

    public static FakeContext create(Map<String, Driver> children) {
        return new FakeContext("driver", Vertx.vertx(), children);
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
        return transports;
    }

    @Override
    public Map<String, Driver> children() {
        return children;
    }

    @Override
    public DriverContext child(String name) {
        return new FakeContext(path + "." + name, vertx, Map.of());
    }

    @Override
    public <T> Future<T> blocking(Callable<T> task) {
        return vertx.executeBlocking(task, false);
    }

    @Override
    public void close() {
        await(vertx.close());
    }

    /** What the future completes with, within ten seconds. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError("no answer in 10 s", e);
        }
    }
}
