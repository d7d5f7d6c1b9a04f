package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A transport's stream as a driver sees it. Mostly it is handed on to a client unopened, and then nothing here is in the way; a driver may
 * as well read and write it, on the event loop that it belongs to.
 */
final class RawByteStream implements ByteStream, RawStream.Receiver {
    private final RawStream raw;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private long demand = Long.MAX_VALUE;
    private boolean started;
    private boolean ended;
    private boolean endTold;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Void> drainHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    RawByteStream(RawStream raw) {
        this.raw = raw;
    }

    /** The stream for one who takes it over; not to be used after {@link #handler}. */
    RawStream unwrap() {
        return raw;
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> to) {
        handler = to;
        if (to != null && !started) {
            started = true;
            raw.start(this);
        }
        return this;
    }

    @Override
    public ByteStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public ByteStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public ByteStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        deliver();
        if (started && demand > 0) {
            raw.resume();
        }
        return this;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> to) {
        endHandler = to;
        return this;
    }

    @Override
    public ByteStream exceptionHandler(@Nullable Handler<Throwable> to) {
        exceptionHandler = to;
        return this;
    }

    @Override
    public ByteStream drainHandler(@Nullable Handler<Void> to) {
        drainHandler = to;
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        raw.write(Unpooled.wrappedBuffer(data.getBytes()));
        raw.flush();
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        raw.end();
        return Future.succeededFuture();
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return !raw.isWritable();
    }

    @Override
    public Future<Void> close() {
        raw.close();
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        return Future.succeededFuture();
    }

    @Override
    public void data(ByteBuf chunk) {
        waiting.add(chunk);
        deliver();
        if (demand == 0) {
            raw.pause();
        }
    }

    private void deliver() {
        while (demand > 0 && handler != null && !waiting.isEmpty()) {
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
            ByteBuf chunk = waiting.remove();
            Buffer buffer = Buffer.buffer(ByteBufUtil.getBytes(chunk));
            chunk.release();
            handler.handle(buffer);
        }
        if (ended && !endTold && waiting.isEmpty() && endHandler != null) {
            endTold = true;
            endHandler.handle(null);
        }
    }

    @Override
    public void ended() {
        ended = true;
        deliver();
    }

    @Override
    public void failed(Throwable cause) {
        if (exceptionHandler != null) {
            exceptionHandler.handle(cause);
        }
    }

    @Override
    public void writable() {
        if (drainHandler != null) {
            drainHandler.handle(null);
        }
    }
}
