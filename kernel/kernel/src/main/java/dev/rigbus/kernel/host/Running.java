package dev.rigbus.kernel.host;

import dev.rigbus.driver.Cancellation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/** A call under way, and how it is stopped. */
final class Running implements Cancellation {
    private final Promise<Void> cancelled = Promise.promise();
    private @Nullable Thread thread;
    private volatile boolean isCancelled;

    @Override
    public Future<Void> cancelled() {
        return cancelled.future();
    }

    @Override
    public boolean isCancelled() {
        return isCancelled;
    }

    /** Runs a part of the call that blocks; a cancel interrupts it. */
    void enter() throws InterruptedException {
        synchronized (this) {
            thread = Thread.currentThread();
        }
        if (isCancelled) {
            throw new InterruptedException();
        }
    }

    /** After this the thread belongs to others again, and no interrupt reaches it. */
    void leave() {
        synchronized (this) {
            thread = null;
        }
        // One that came too late must not hit the next task.
        Thread.interrupted();
    }

    void cancel() {
        isCancelled = true;
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
        cancelled.tryComplete();
    }
}
