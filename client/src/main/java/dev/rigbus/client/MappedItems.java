package dev.rigbus.client;

import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** The results of a streaming call as what an interface says that they are. */
final class MappedItems<T> implements ReadStream<T> {
    private final AsyncItems items;
    private final Type type;

    MappedItems(AsyncItems items, Type type) {
        this.items = items;
        this.type = type;
    }

    @Override
    @SuppressWarnings("unchecked") // the interface's own word for what it gets
    public MappedItems<T> handler(@Nullable Handler<T> handler) {
        items.handler(
                handler == null
                        ? null
                        : item -> handler.handle((T) Results.as(type, item == AsyncItems.NULL ? null : item)));
        return this;
    }

    @Override
    public MappedItems<T> endHandler(@Nullable Handler<Void> handler) {
        items.endHandler(handler);
        return this;
    }

    @Override
    public MappedItems<T> exceptionHandler(@Nullable Handler<Throwable> handler) {
        items.exceptionHandler(handler);
        return this;
    }

    @Override
    public MappedItems<T> pause() {
        items.pause();
        return this;
    }

    @Override
    public MappedItems<T> resume() {
        items.resume();
        return this;
    }

    @Override
    public MappedItems<T> fetch(long amount) {
        items.fetch(amount);
        return this;
    }
}
