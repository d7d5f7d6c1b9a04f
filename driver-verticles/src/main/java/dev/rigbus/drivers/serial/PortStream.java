package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.drivers.serial.PortClient.Opened;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A stream to a port that knows when the port is released, and that the driver can end. */
final class PortStream implements ByteStream {
    private final Opened opened;
    private final ByteStream stream;
    private Runnable onClose = () -> {};
    private @Nullable Future<Void> closed;
    private @Nullable Handler<Void> endHandler;

    PortStream(Opened opened) {
        this.opened = opened;
        this.stream = opened.stream();
    }

    Opened opened() {
        return opened;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** Ends the stream as if the port had ended; complete when the port is released. */
    Future<Void> finish() {
        Handler<Void> toTell = closed == null ? endHandler : null;
        Future<Void> released = close();
        if (toTell != null) {
            toTell.handle(null);
        }
        return released;
    }

    /** Complete when the port is released. */
    @Override
    public Future<Void> close() {
        if (closed == null) {
            onClose.run();
            closed = stream.close().eventually(opened.release());
        }
        return closed;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        stream.endHandler(handler);
        return this;
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> handler) {
        stream.handler(handler);
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
}
