package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A stream over two blocking streams; each direction has a thread, and at most so many bytes under way. */
final class BlockingStream implements RawStream {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int MOST_CHUNKS = 8;
    private static final int MOST_QUEUED_BYTES = 256 * 1024;
    private static final ByteBuf END = Unpooled.wrappedBuffer(new byte[] {0});

    private final EventLoop loop;
    private final Executor threads;
    private final InputStream in;
    private final OutputStream out;
    private final Runnable onClose;
    private final Semaphore readAhead = new Semaphore(MOST_CHUNKS);
    private final LinkedBlockingQueue<ByteBuf> toWrite = new LinkedBlockingQueue<>();
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private final AtomicBoolean released = new AtomicBoolean();
    private final java.util.ArrayDeque<ByteBuf> held = new java.util.ArrayDeque<>();
    private @Nullable Receiver receiver;
    private boolean paused;
    private boolean inputOver;
    /** Until a good part of what waits is written: whoever was told to wait has to be told to go on, however often it has looked since. */
    private boolean full;

    private boolean ending;
    private volatile boolean closed;

    BlockingStream(EventLoop loop, Executor threads, InputStream in, OutputStream out, Runnable onClose) {
        this.loop = loop;
        this.threads = threads;
        this.in = in;
        this.out = out;
        this.onClose = onClose;
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        threads.execute(this::readAll);
        threads.execute(this::writeAll);
    }

    private void readAll() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int read = in.read(chunk); read >= 0 && !closed; read = in.read(chunk)) {
                if (read > 0) {
                    readAhead.acquire();
                    ByteBuf copy = Unpooled.copiedBuffer(chunk, 0, read);
                    loop.execute(() -> arrived(copy));
                }
            }
            loop.execute(this::inputEnded);
        } catch (IOException e) {
            loop.execute(() -> failed(e));
        } catch (InterruptedException e) {
            loop.execute(() -> failed(new IOException("interrupted")));
        }
    }

    private void arrived(ByteBuf chunk) {
        held.add(chunk);
        deliver();
    }

    private void inputEnded() {
        inputOver = true;
        deliver();
    }

    private void deliver() {
        while (!paused && !closed && receiver != null && !held.isEmpty()) {
            receiver.data(held.remove());
            readAhead.release();
            if (held.isEmpty()) {
                receiver.readComplete();
            }
        }
        if (inputOver && held.isEmpty() && !closed && receiver != null) {
            inputOver = false;
            receiver.ended();
        }
    }

    private void writeAll() {
        try {
            for (ByteBuf chunk = toWrite.take(); chunk != END; chunk = toWrite.take()) {
                writeOne(chunk);
            }
            if (!closed) {
                out.close();
            }
        } catch (IOException e) {
            loop.execute(() -> failed(e));
        } catch (InterruptedException e) {
            loop.execute(() -> failed(new IOException("interrupted")));
        }
    }

    private void writeOne(ByteBuf chunk) throws IOException {
        int bytes = chunk.readableBytes();
        try {
            if (!closed) {
                chunk.readBytes(out, bytes);
                if (toWrite.isEmpty()) {
                    out.flush();
                }
            }
        } finally {
            chunk.release();
        }
        if (queuedBytes.addAndGet(-bytes) < MOST_QUEUED_BYTES / 2) {
            loop.execute(this::drained);
        }
    }

    private void drained() {
        if (full && !closed && receiver != null) {
            full = false;
            receiver.writable();
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (closed || ending) {
            chunk.release();
            return;
        }
        queuedBytes.addAndGet(chunk.readableBytes());
        toWrite.add(chunk);
    }

    @Override
    public void flush() {
        // The writing thread flushes when its queue is empty.
    }

    @Override
    public boolean isWritable() {
        full |= queuedBytes.get() >= MOST_QUEUED_BYTES;
        return !full;
    }

    @Override
    public void end() {
        if (!ending) {
            ending = true;
            toWrite.add(END);
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
        held.forEach(ByteBuf::release);
        held.clear();
        readAhead.release(MOST_CHUNKS);
        end();
        if (released.compareAndSet(false, true)) {
            threads.execute(onClose);
        }
    }

    private void failed(IOException cause) {
        if (!closed) {
            close();
            if (receiver != null) {
                receiver.failed(cause);
            }
        }
    }
}
