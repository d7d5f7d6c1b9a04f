package dev.rigbus.kernel.resource;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The bytes that a client sends, for the one thread that reads them. */
final class PipeInput extends InputStream {
    private static final int MOST_BYTES = 1024 * 1024;

    private final Runnable drained;
    private final Queue<ByteBuf> chunks = new ArrayDeque<>();
    private int waitingBytes;
    /** Until half of what waits is read: whoever was told to wait has to be told to go on, however often it has looked since. */
    private boolean full;

    private boolean ended;
    private boolean dropping;
    private @Nullable String broken;

    /** @param drained told when there is room again */
    PipeInput(Runnable drained) {
        this.drained = drained;
    }

    synchronized void add(ByteBuf chunk) {
        if (dropping || ended) {
            chunk.release();
            return;
        }
        chunks.add(chunk);
        waitingBytes += chunk.readableBytes();
        notifyAll();
    }

    synchronized boolean isWritable() {
        full |= waitingBytes >= MOST_BYTES;
        return !full;
    }

    /** @param why absent for a proper end */
    synchronized void end(@Nullable String why) {
        if (!ended) {
            ended = true;
            broken = why;
            notifyAll();
        }
    }

    /** Nobody reads any more. */
    synchronized void drop() {
        dropping = true;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        waitingBytes = 0;
        full = false;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        ByteBuf chunk = next();
        if (chunk == null) {
            return -1;
        }
        int read = Math.min(length, chunk.readableBytes());
        chunk.readBytes(target, offset, read);
        if (taken(chunk, read)) {
            drained.run();
        }
        return read;
    }

    private synchronized @Nullable ByteBuf next() throws IOException {
        while (chunks.isEmpty() && !ended && !dropping) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted");
            }
        }
        ByteBuf chunk = chunks.peek();
        if (chunk != null) {
            return chunk.retain();
        }
        if (broken != null) {
            throw new IOException(broken);
        }
        return null;
    }

    /** True if a writer waits for the room that this made. */
    private synchronized boolean taken(ByteBuf chunk, int bytes) {
        boolean current = chunk == chunks.peek();
        if (current && !chunk.isReadable()) {
            chunks.remove().release();
        }
        chunk.release();
        waitingBytes -= current ? bytes : 0;
        if (full && waitingBytes < MOST_BYTES / 2) {
            full = false;
            return true;
        }
        return false;
    }

    @Override
    public synchronized int available() {
        return waitingBytes;
    }
}
