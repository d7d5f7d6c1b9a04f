package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A stream that gives back what it gets, and its end too. */
public final class LoopStream implements RawStream {
    private static final int MOST_WAITING = 16;

    private final EventLoop loop;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private @Nullable Receiver receiver;
    private boolean paused;
    private boolean ending;
    private boolean closed;
    /** Until all that waits is taken, see {@link BlockingStream}. */
    private boolean full;

    public LoopStream(EventLoop loop) {
        this.loop = loop;
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

    @Override
    public void write(ByteBuf chunk) {
        if (closed || ending) {
            chunk.release();
            return;
        }
        waiting.add(chunk);
        deliver();
    }

    @Override
    public void flush() {
        if (receiver != null) {
            receiver.readComplete();
        }
    }

    @Override
    public boolean isWritable() {
        full |= waiting.size() >= MOST_WAITING;
        return !full;
    }

    @Override
    public void end() {
        if (!ending) {
            ending = true;
            deliver();
        }
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
        closed = true;
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }

    private void deliver() {
        if (receiver == null) {
            return;
        }
        while (!paused && !closed && !waiting.isEmpty()) {
            receiver.data(waiting.remove());
        }
        if (full && waiting.isEmpty() && !closed) {
            full = false;
            receiver.writable();
        }
        if (ending && waiting.isEmpty() && !closed) {
            closed = true;
            receiver.ended();
        }
    }
}
