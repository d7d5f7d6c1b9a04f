package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Transports;
import dev.rigbus.kernel.pump.NettyTransports;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;

/** The world of one driver. */
final class NodeContext implements DriverContext {
    private final UUID uuid;
    private final String path;
    private final Logger log;
    private final Vertx vertx;
    private final ExecutorService threads;
    private final Map<String, Driver> children;
    private final Function<String, Logger> loggers;
    private final CompletableFuture<EventLoop> home = new CompletableFuture<>();
    private final Transports transports;
    private final Map<String, NodeContext> brought = new LinkedHashMap<>();
    private final boolean successor;

    /**
     * @param loggers makes the logger of a driver at a path
     * @param successor of an instance that is in use
     */
    NodeContext(
            UUID uuid,
            String path,
            Function<String, Logger> loggers,
            Vertx vertx,
            ExecutorService threads,
            Map<String, Driver> children,
            boolean successor) {
        this.uuid = uuid;
        this.path = path;
        this.loggers = loggers;
        this.log = loggers.apply(path);
        this.vertx = vertx;
        this.threads = threads;
        this.children = children;
        this.successor = successor;
        this.transports = new NettyTransports(vertx, this::loop, threads);
    }

    private EventLoop loop() {
        EventLoop loop = home.getNow(null);
        if (loop == null) {
            throw new IllegalStateException("transports are there from start() on, not in the constructor");
        }
        return loop;
    }

    /** Completed when the driver is deployed. */
    CompletableFuture<EventLoop> home() {
        return home;
    }

    /** The contexts that the driver asked for, for children that it brings itself. */
    Map<String, NodeContext> brought() {
        return brought;
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
        return log;
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
        return brought.computeIfAbsent(
                name, n -> new NodeContext(below(n), path + "." + n, loggers, vertx, threads, Map.of(), successor));
    }

    /** The same each time: whoever is told of the children of a driver may see the driver start again. */
    private UUID below(String name) {
        return UUID.nameUUIDFromBytes((uuid + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean isSuccessor() {
        return successor;
    }

    @Override
    public <T> Future<T> blocking(Callable<T> task) {
        Promise<T> done = Promise.promise();
        var context = vertx.getOrCreateContext();
        Runnable run = () -> {
            try {
                T result = task.call();
                context.runOnContext(v -> done.complete(result));
            } catch (Exception e) {
                context.runOnContext(v -> done.fail(e));
            }
        };
        try {
            threads.execute(run);
        } catch (RejectedExecutionException e) {
            done.fail(new DriverException(Reason.UNAVAILABLE, "the driver has been stopped"));
        }
        return done.future();
    }
}
