package dev.rigbus.app.node;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been started, to be stopped in the reverse order; one part that fails to stop spares no other. */
final class Parts {
    private static final Logger log = LoggerFactory.getLogger(Parts.class);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Deque<Part> started = new ArrayDeque<>();

    private record Part(String name, Duration limit, Supplier<Future<?>> stop) {}

    void add(String name, Supplier<Future<?>> stop) {
        add(name, STOP, stop);
    }

    void add(String name, Duration limit, Supplier<Future<?>> stop) {
        started.push(new Part(name, limit, stop));
    }

    void stop() throws InterruptedException {
        Part part;
        while ((part = started.poll()) != null) {
            try {
                await(part.name, part.stop.get(), part.limit);
            } catch (NodeException | RuntimeException e) {
                log.warn("{} did not stop cleanly: {}", part.name, e.getMessage());
            }
        }
    }

    /** Waits for what a part does; fails with the reason alone if it fails or takes too long. */
    static <T> T await(String what, Future<T> future, Duration limit) throws NodeException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.debug("{} failed", what, cause);
            throw new NodeException(what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new NodeException(what + ": no answer within " + limit.toSeconds() + " s", e);
        }
    }
}
