package dev.rigbus.client;

import dev.rigbus.wire.StreamingDriverCallResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The results of a streaming call, as they come. A driver that is faster than its reader has to wait for it. Handlers are called on the client's event
 * loop; a failure is a {@link CallException}. A result that is null comes as {@link #NULL}.
 */
public final class AsyncItems implements ReadStream<Object> {
    /** Stands for a result of null, which a stream cannot carry. */
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    private final AsyncCall<StreamingDriverCallResponse> call;
    private final Inbound<StreamingDriverCallResponse> in;

    AsyncItems(AsyncCall<StreamingDriverCallResponse> call) {
        this.call = call;
        this.in = call.in();
    }

    /** The next response; null when no more follow. */
    Future<@Nullable StreamingDriverCallResponse> next() {
        return in.next();
    }

    private static Object value(StreamingDriverCallResponse response) {
        Object value = Values.decode(response.getResult());
        return value == null ? NULL : value;
    }

    @Override
    public AsyncItems handler(@Nullable Handler<Object> handler) {
        in.handler(handler == null ? null : response -> handler.handle(value(response)));
        return this;
    }

    @Override
    public AsyncItems endHandler(@Nullable Handler<Void> handler) {
        in.endHandler(handler);
        return this;
    }

    @Override
    public AsyncItems exceptionHandler(@Nullable Handler<Throwable> handler) {
        in.exceptionHandler(handler == null ? null : cause -> handler.handle(CallException.ofItems(cause)));
        return this;
    }

    @Override
    public AsyncItems pause() {
        in.pause();
        return this;
    }

    @Override
    public AsyncItems resume() {
        in.resume();
        return this;
    }

    @Override
    public AsyncItems fetch(long amount) {
        in.fetch(amount);
        return this;
    }

    /** Tells the driver to stop. */
    public void close() {
        call.cancel();
    }
}
