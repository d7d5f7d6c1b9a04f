package dev.rigbus.kernel.resource;

import dev.rigbus.kernel.pump.RawStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Between a client's stream, on an event loop, and the method that works with its content, on a thread that blocks. What is under way is
 * bounded in both directions.
 */
final class ResourcePipe implements RawStream {
    private final EventLoop loop;
    private final PipeInput input;
    private final PipeOutput output;
    private final Runnable onClose;
    private @Nullable Receiver receiver;
    private boolean paused;
    private boolean finished;
    private boolean endTold;
    private boolean closed;

    /** @param onClose told on the event loop when the client's stream is over */
    ResourcePipe(EventLoop loop, Runnable onClose) {
        this.loop = loop;
        this.onClose = onClose;
        this.input = new PipeInput(() -> loop.execute(this::drained));
        this.output = new PipeOutput(() -> loop.execute(this::deliver));
    }

    InputStream input() {
        return input;
    }

    OutputStream output() {
        return output;
    }

    /** The method is done: what it wrote is delivered, then the client is told; what the client still sends is dropped. */
    void finish() {
        loop.execute(() -> {
            finished = true;
            input.drop();
            drained();
            deliver();
        });
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        deliver();
    }

    private void deliver() {
        while (!paused && !closed && receiver != null) {
            ByteBuf chunk = output.poll();
            if (chunk == null) {
                break;
            }
            receiver.data(chunk);
            if (output.isEmpty()) {
                receiver.readComplete();
            }
        }
        if (finished && !endTold && !closed && receiver != null && output.isEmpty()) {
            endTold = true;
            receiver.ended();
        }
    }

    private void drained() {
        if (receiver != null && !closed && input.isWritable()) {
            receiver.writable();
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (closed || finished) {
            chunk.release();
        } else {
            input.add(chunk);
        }
    }

    @Override
    public void flush() {
        // The reading thread waits for every chunk.
    }

    @Override
    public boolean isWritable() {
        return finished || input.isWritable();
    }

    @Override
    public void end() {
        input.end(null);
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        deliver();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            input.end("the client went away before it had sent everything");
            output.close("the client went away before it had taken everything");
            onClose.run();
        }
    }
}
