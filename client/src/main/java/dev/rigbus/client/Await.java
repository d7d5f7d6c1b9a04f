package dev.rigbus.client;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How threads wait for what is asynchronous. */
final class Await {
    private static final Patience PATIENCE = new Patience();

    private Await() {}

    /**
     * Waits as long as it takes.
     *
     * @throws StatusException what it failed with, or that the thread was interrupted
     */
    static <T extends @Nullable Object> T forever(Future<T> future) {
        try {
            return result(future, null);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e); // there is no limit that could be passed
        }
    }

    /** @param giveUp what to do should the thread be interrupted */
    static <T extends @Nullable Object> T forever(Future<T> future, Runnable giveUp) {
        try {
            return forever(future);
        } catch (StatusException e) {
            if (Thread.currentThread().isInterrupted()) {
                giveUp.run();
            }
            throw e;
        }
    }

    /** @param limit absent for as long as it takes */
    static <T extends @Nullable Object> T result(Future<T> future, @Nullable Duration limit) throws TimeoutException {
        if (!future.isComplete()) {
            refuseEventLoops();
            PATIENCE.watch(future);
        }
        boolean sleeps = !future.isComplete();
        long start = System.nanoTime();
        try {
            CompletableFuture<T> done = future.toCompletionStage().toCompletableFuture();
            return limit == null ? done.get() : done.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StatusException(Code.CANCELLED, "the thread that waited was interrupted");
        } finally {
            if (sleeps) {
                PATIENCE.slept(System.nanoTime() - start);
            }
        }
    }

    private static void refuseEventLoops() {
        if (Context.isOnEventLoopThread() || Connector.isOwnThread()) {
            throw new IllegalStateException(
                    "this would block an event loop (expected: the asynchronous methods there, or another thread)");
        }
    }
}
