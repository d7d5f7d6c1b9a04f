package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;

/** A stream that a driver wrote itself. */
final class ByteStreamAdapter implements RawStream {
    private final ByteStream stream;
    private final EventLoop loop;
    private boolean ended;
    private boolean closed;

    ByteStreamAdapter(ByteStream stream, EventLoop loop) {
        this.stream = stream;
        this.loop = loop;
        // Nothing may be lost between the opening and the start.
        stream.pause();
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void start(Receiver receiver) {
        stream.exceptionHandler(cause -> here(() -> receiver.failed(cause)));
        stream.endHandler(done -> here(receiver::ended));
        stream.drainHandler(done -> here(receiver::writable));
        stream.handler(buffer -> here(() -> {
            receiver.data(Unpooled.wrappedBuffer(buffer.getBytes()));
            receiver.readComplete();
        }));
        stream.resume();
    }

    /** A driver that calls its handlers from a thread of its own is brought back to the loop. */
    private void here(Runnable event) {
        Runnable unlessClosed = () -> {
            if (!closed) {
                event.run();
            }
        };
        if (loop.inEventLoop()) {
            unlessClosed.run();
        } else {
            loop.execute(unlessClosed);
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (!closed && !ended) {
            stream.write(Buffer.buffer(ByteBufUtil.getBytes(chunk)));
        }
        chunk.release();
    }

    @Override
    public void flush() {
        // A driver's stream sends what it gets.
    }

    @Override
    public boolean isWritable() {
        return !stream.writeQueueFull();
    }

    @Override
    public void end() {
        if (!ended && !closed) {
            ended = true;
            stream.end();
        }
    }

    @Override
    public void pause() {
        stream.pause();
    }

    @Override
    public void resume() {
        stream.resume();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }
}
