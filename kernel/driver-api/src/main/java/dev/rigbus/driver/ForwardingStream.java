package dev.rigbus.driver;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A stream that hands everything on to another, for those who change one thing of it. */
public abstract class ForwardingStream implements ByteStream {
    private final ByteStream stream;

    protected ForwardingStream(ByteStream stream) {
        this.stream = stream;
    }

    /** The other. */
    protected final ByteStream stream() {
        return stream;
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> handler) {
        stream.handler(handler);
        return this;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> handler) {
        stream.endHandler(handler);
        return this;
    }

    @Override
    public ByteStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        stream.exceptionHandler(handler);
        return this;
    }

    @Override
    public ByteStream drainHandler(@Nullable Handler<Void> handler) {
        stream.drainHandler(handler);
        return this;
    }

    @Override
    public ByteStream pause() {
        stream.pause();
        return this;
    }

    @Override
    public ByteStream resume() {
        stream.resume();
        return this;
    }

    @Override
    public ByteStream fetch(long amount) {
        stream.fetch(amount);
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        return stream.write(data);
    }

    @Override
    public Future<Void> end() {
        return stream.end();
    }

    @Override
    public boolean writeQueueFull() {
        return stream.writeQueueFull();
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int size) {
        stream.setWriteQueueMaxSize(size);
        return this;
    }

    @Override
    public Future<Void> close() {
        return stream.close();
    }
}
