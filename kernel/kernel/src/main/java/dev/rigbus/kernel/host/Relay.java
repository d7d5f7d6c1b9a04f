package dev.rigbus.kernel.host;

import dev.rigbus.driver.ByteStream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A driver's stream in a client's hands, whose source can be exchanged: between {@link #hold()} and {@link #goOn} nothing is read and what is
 * written waits. On the driver's event loop.
 */
final class Relay implements ByteStream {
    private final Queue<Buffer> held = new ArrayDeque<>(0);
    private ByteStream source;
    private boolean holding;
    private boolean ending;
    private boolean closing;
    private long demand = Long.MAX_VALUE;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Void> drainHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    Relay(ByteStream source) {
        this.source = source;
    }

    /** What the driver has opened. */
    ByteStream source() {
        return source;
    }

    boolean isHolding() {
        return holding;
    }

    void hold() {
        holding = true;
        source.pause();
        source.handler(null);
        source.endHandler(null);
        source.drainHandler((Handler<Void>) null);
        source.exceptionHandler((Handler<Throwable>) null);
    }

    /** Goes on with another source, or with the same. */
    void goOn(ByteStream next) {
        source = next;
        holding = false;
        if (closing) {
            next.close();
            return;
        }
        next.pause();
        next.exceptionHandler(exceptionHandler);
        next.endHandler(endHandler);
        next.drainHandler(drainHandler);
        if (handler != null) {
            next.handler(this::deliver);
        }
        for (Buffer waiting = held.poll(); waiting != null; waiting = held.poll()) {
            next.write(waiting);
        }
        if (ending) {
            next.end();
        }
        if (demand == Long.MAX_VALUE) {
            next.resume();
        } else if (demand > 0) {
            next.fetch(demand);
        }
        if (drainHandler != null && !next.writeQueueFull()) {
            drainHandler.handle(null);
        }
    }

    private void deliver(Buffer chunk) {
        if (demand != Long.MAX_VALUE) {
            demand--;
        }
        if (handler != null) {
            handler.handle(chunk);
        }
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> to) {
        handler = to;
        if (!holding) {
            source.handler(to == null ? null : this::deliver);
        }
        return this;
    }

    @Override
    public ByteStream pause() {
        demand = 0;
        if (!holding) {
            source.pause();
        }
        return this;
    }

    @Override
    public ByteStream resume() {
        demand = Long.MAX_VALUE;
        if (!holding) {
            source.resume();
        }
        return this;
    }

    @Override
    public ByteStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        if (!holding) {
            source.fetch(amount);
        }
        return this;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> to) {
        endHandler = to;
        if (!holding) {
            source.endHandler(to);
        }
        return this;
    }

    @Override
    public ByteStream exceptionHandler(@Nullable Handler<Throwable> to) {
        exceptionHandler = to;
        if (!holding) {
            source.exceptionHandler(to);
        }
        return this;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> to) {
        drainHandler = to;
        if (!holding) {
            source.drainHandler(to);
        }
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (!holding) {
            return source.write(data);
        }
        held.add(data);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        if (!holding) {
            return source.end();
        }
        ending = true;
        return Future.succeededFuture();
    }

    @Override
    public boolean writeQueueFull() {
        return holding || source.writeQueueFull();
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
        source.setWriteQueueMaxSize(size);
        return this;
    }

    @Override
    public Future<Void> close() {
        closing = true;
        held.clear();
        return holding ? Future.succeededFuture() : source.close();
    }
}
