package dev.rigbus.drivers.testing;

import dev.rigbus.driver.ByteStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A byte stream over whatever takes and gives bytes; its handlers run on one context, its state is under its lock. */
final class FakeStream implements ByteStream {
    private static final int WINDOW = 8;

    private final Context context;
    private final Function<Buffer, Future<Void>> sink;
    private final Supplier<Future<Void>> finish;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Queue<Runnable> arrivals = new ArrayDeque<>();
    private long demand = Long.MAX_VALUE;
    private boolean delivering;
    private int unwritten;
    private @Nullable Handler<Buffer> dataHandler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> failureHandler;
    private @Nullable Handler<Void> drainHandler;

    FakeStream(Context context, Function<Buffer, Future<Void>> sink, Supplier<Future<Void>> finish, Runnable onClose) {
        this.context = context;
        this.sink = sink;
        this.finish = finish;
        this.onClose = onClose;
    }

    /** The device sent something; waits while too much lies unread. */
    synchronized void arrived(Buffer data, boolean wait) {
        while (wait && arrivals.size() >= WINDOW && !closed.get()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        arrivals.add(() -> call(dataHandler, data));
        deliver();
    }

    synchronized void ended() {
        arrivals.add(() -> call(endHandler, null));
        deliver();
    }

    synchronized void failed(Throwable cause) {
        arrivals.add(() -> call(failureHandler, cause));
        deliver();
    }

    @SuppressWarnings("NullAway") // the event of a Handler<Void> is null
    private static <T> void call(@Nullable Handler<T> handler, @Nullable T value) {
        if (handler != null) {
            handler.handle(value);
        }
    }

    private synchronized void deliver() {
        if (!delivering && demand > 0 && dataHandler != null && !arrivals.isEmpty()) {
            delivering = true;
            context.runOnContext(nothing -> {
                Runnable next = next();
                if (next != null) {
                    next.run();
                }
                deliver();
            });
        }
    }

    private synchronized @Nullable Runnable next() {
        delivering = false;
        if (demand == 0) {
            return null;
        }
        demand -= demand == Long.MAX_VALUE ? 0 : 1;
        notifyAll();
        return arrivals.poll();
    }

    @Override
    public synchronized Future<Void> write(Buffer data) {
        unwritten++;
        return sink.apply(data).andThen(result -> written());
    }

    private void written() {
        Handler<Void> drained;
        synchronized (this) {
            unwritten--;
            drained = unwritten == 0 ? drainHandler : null;
        }
        context.runOnContext(nothing -> call(drained, null));
    }

    @Override
    public synchronized boolean writeQueueFull() {
        return unwritten >= WINDOW;
    }

    @Override
    public Future<Void> end() {
        return finish.get();
    }

    @Override
    public Future<Void> close() {
        if (closed.compareAndSet(false, true)) {
            synchronized (this) {
                notifyAll();
            }
            onClose.run();
        }
        return Future.succeededFuture();
    }

    @Override
    public synchronized ByteStream handler(@Nullable Handler<Buffer> handler) {
        dataHandler = handler;
        deliver();
        return this;
    }

    @Override
    public synchronized ByteStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public synchronized ByteStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public synchronized ByteStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        deliver();
        return this;
    }

    @Override
    public synchronized ByteStream endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return this;
    }

    @Override
    public synchronized ByteStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        failureHandler = handler;
        return this;
    }

    @Override
    public synchronized ByteStream drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int size) {
        return this;
    }
}
