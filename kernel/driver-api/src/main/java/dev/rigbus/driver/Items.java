package dev.rigbus.driver;

import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stream of things that are there already, for asynchronous methods that have a few of them to give. Not for several threads. */
public final class Items<T> implements ReadStream<T> {
    private final Iterator<T> items;
    private long demand = Long.MAX_VALUE;
    private boolean delivering;
    private boolean ended;
    private @Nullable Handler<T> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    private Items(Iterator<T> items) {
        this.items = items;
    }

    @SafeVarargs
    public static <T> ReadStream<T> of(T... items) {
        return new Items<>(List.of(items).iterator());
    }

    /** @param items must not block */
    public static <T> ReadStream<T> of(Iterator<T> items) {
        return new Items<>(items);
    }

    @Override
    public ReadStream<T> handler(@Nullable Handler<T> to) {
        handler = to;
        deliver();
        return this;
    }

    @Override
    public ReadStream<T> pause() {
        demand = 0;
        return this;
    }

    @Override
    public ReadStream<T> resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public ReadStream<T> fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        deliver();
        return this;
    }

    @Override
    public ReadStream<T> endHandler(@Nullable Handler<Void> to) {
        endHandler = to;
        return this;
    }

    @Override
    public ReadStream<T> exceptionHandler(@Nullable Handler<Throwable> to) {
        exceptionHandler = to;
        return this;
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (demand > 0 && handler != null && items.hasNext()) {
                demand -= demand == Long.MAX_VALUE ? 0 : 1;
                handler.handle(items.next());
            }
            if (handler != null && !ended && !items.hasNext() && endHandler != null) {
                ended = true;
                endHandler.handle(null);
            }
        } catch (RuntimeException e) {
            ended = true;
            if (exceptionHandler != null) {
                exceptionHandler.handle(e);
            }
        } finally {
            delivering = false;
        }
    }
}
