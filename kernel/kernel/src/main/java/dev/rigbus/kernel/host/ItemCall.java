package dev.rigbus.kernel.host;

import dev.rigbus.driver.Driver;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.value.Values;
import io.vertx.core.streams.ReadStream;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** One streaming call: a driver's items against the consumer's credit. */
final class ItemCall {
    private final ItemSender sender;
    private final Running running;
    private final Runnable done;
    private final Semaphore credit = new Semaphore(0);
    private @Nullable ReadStream<?> stream;
    private boolean over;

    /** @param done told once on the driver's context, when nothing more will come */
    ItemCall(ItemSender sender, Running running, int firstCredit, Runnable done) {
        this.sender = sender;
        this.running = running;
        this.done = done;
        credit.release(firstCredit);
    }

    /** Starts an asynchronous source; on the driver's context. */
    void start(ReadStream<?> source) {
        source.pause();
        stream = source;
        source.exceptionHandler(this::fail);
        source.endHandler(end -> finish(null));
        source.handler(this::item);
        source.fetch(credit.drainPermits());
    }

    private void item(@Nullable Object item) {
        if (over) {
            return;
        }
        try {
            sender.add(Values.encode(item));
        } catch (RuntimeException e) {
            fail(e);
            running.cancel();
        }
    }

    private void fail(Throwable cause) {
        finish(cause);
    }

    /** The driver would not even begin. */
    void refuse(Throwable cause) {
        finish(cause);
    }

    private void finish(@Nullable Throwable cause) {
        if (!over) {
            over = true;
            sender.end(cause == null ? null : Failures.failure(cause));
            done.run();
        }
    }

    /** Works through a blocking source on a thread of its own. */
    void run(Executor threads, Executor context, Driver driver, ExportedMethod method, @Nullable Object[] arguments) {
        threads.execute(() -> {
            Throwable failure = null;
            try {
                running.enter();
                Object source = method.invoke(driver, arguments);
                if (source instanceof BaseStream<?, ?> items) {
                    try (items) {
                        drain(items.iterator());
                    }
                } else if (source instanceof Iterator<?> items) {
                    drain(items);
                }
            } catch (Throwable e) {
                // Also an Error of the driver's: whatever ends the call, the client is told.
                failure = e;
            } finally {
                running.leave();
            }
            Throwable cause = failure;
            context.execute(() -> finish(cause));
        });
    }

    private void drain(Iterator<?> items) throws Exception {
        try {
            while (items.hasNext()) {
                credit.acquire();
                sender.add(Values.encode(items.next()));
            }
        } finally {
            if (items instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
    }

    void credit(int items) {
        if (stream == null) {
            credit.release(items);
        } else {
            stream.fetch(items);
        }
    }

    /** Ends the call and tells its consumer why. */
    void expire(Throwable cause) {
        if (!over) {
            sender.end(Failures.failure(cause));
            cancel();
        }
    }

    /** Nobody takes the items any more. */
    void cancel() {
        over = true;
        running.cancel();
        if (stream != null) {
            stream.handler(null);
            stream.endHandler(null);
            stream.pause();
            if (stream instanceof AutoCloseable closeable) {
                close(closeable);
            }
        }
        done.run();
    }

    private static void close(AutoCloseable source) {
        try {
            source.close();
        } catch (Exception e) {
            org.slf4j.LoggerFactory.getLogger(ItemCall.class).warn("a cancelled streaming call could not be closed", e);
        }
    }
}
