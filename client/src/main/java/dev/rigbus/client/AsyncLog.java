package dev.rigbus.client;

import dev.rigbus.wire.LogStreamResponse;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** What an exporter logs, for who must not wait. Handlers are called on the client's event loop. */
public final class AsyncLog implements ReadStream<LogStream.Entry> {
    private final AsyncCall<LogStreamResponse> call;

    AsyncLog(AsyncCall<LogStreamResponse> call) {
        this.call = call;
    }

    @Override
    public AsyncLog handler(@Nullable Handler<LogStream.Entry> handler) {
        call.in().handler(handler == null ? null : entry -> handler.handle(LogStream.entry(entry)));
        return this;
    }

    @Override
    public AsyncLog endHandler(@Nullable Handler<Void> handler) {
        call.in().endHandler(handler);
        return this;
    }

    @Override
    public AsyncLog exceptionHandler(@Nullable Handler<Throwable> handler) {
        call.in().exceptionHandler(handler == null ? null : cause -> handler.handle(CallException.of(cause)));
        return this;
    }

    @Override
    public AsyncLog pause() {
        call.in().pause();
        return this;
    }

    @Override
    public AsyncLog resume() {
        call.in().resume();
        return this;
    }

    @Override
    public AsyncLog fetch(long amount) {
        call.in().fetch(amount);
        return this;
    }

    /** It is no longer of interest. */
    public void close() {
        call.cancel();
    }
}
