package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of one open store. None of them is Vert.x's, so that a slow disk slows nothing but writes. */
final class StoreThreads implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(StoreThreads.class);

    private final ExecutorService writer = Executors.newSingleThreadExecutor(named("records-writer"));
    private final ExecutorService watching = Executors.newSingleThreadExecutor(named("records-watch"));
    private final ExecutorService errands = Executors.newSingleThreadExecutor(named("records-errands"));
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(named("records"));

    private static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, "rigbus-" + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    Executor writer() {
        return writer;
    }

    Executor watching() {
        return watching;
    }

    @Override
    public void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed; who still waits for an answer is told so by the writer's queue.
        }
    }

    @Override
    public void after(Duration delay, Runnable task) {
        try {
            loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed.
        }
    }

    /** Runs what blocks and is no write: opening, reading the audit, a backup. */
    <T> Future<T> errand(Callable<T> task) {
        Answer<T> answer = new Answer<>(this);
        try {
            errands.execute(() -> {
                try {
                    answer.complete(task.call());
                } catch (Exception e) {
                    answer.fail(e);
                }
            });
            return answer.future();
        } catch (RejectedExecutionException e) {
            return Future.failedFuture(new StoreUnavailableException("this node of the lab is shutting down"));
        }
    }

    /** Does one more thing when all writes that were asked for are done, and ends the threads. */
    Future<Void> last(Runnable task) {
        return this.<Void>errand(() -> {
                    writer.shutdown();
                    if (!writer.awaitTermination(30, TimeUnit.SECONDS)) {
                        LOG.warn("the disk did not take the last writes in time");
                    }
                    task.run();
                    return null;
                })
                .onComplete(done -> stop());
    }

    void stop() {
        writer.shutdown();
        watching.shutdown();
        errands.shutdown();
        loop.shutdown();
    }
}
