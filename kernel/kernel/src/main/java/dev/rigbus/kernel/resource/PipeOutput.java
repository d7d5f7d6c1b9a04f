package dev.rigbus.kernel.resource;

import dev.rigbus.kernel.pump.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The bytes that a method writes for a client; writing waits while the client is slow. */
final class PipeOutput extends OutputStream {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int MOST_CHUNKS = 16;

    private final Runnable written;
    private final Queue<ByteBuf> chunks = new ArrayDeque<>();
    private @Nullable String broken;

    /** @param written told when there is something to poll */
    PipeOutput(Runnable written) {
        this.written = written;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += CHUNK_BYTES) {
            put(source, offset + done, Math.min(CHUNK_BYTES, length - done));
        }
    }

    private void put(byte[] source, int offset, int length) throws IOException {
        synchronized (this) {
            while (chunks.size() >= MOST_CHUNKS && broken == null) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException("interrupted");
                }
            }
            if (broken != null) {
                throw new IOException(broken);
            }
            int head = StreamFrames.HEAD_BYTES;
            chunks.add(ByteBufAllocator.DEFAULT
                    .buffer(head + length)
                    .setIndex(head, head)
                    .writeBytes(source, offset, length));
            if (chunks.size() > 1) {
                return;
            }
        }
        written.run();
    }

    synchronized @Nullable ByteBuf poll() {
        ByteBuf chunk = chunks.poll();
        notifyAll();
        return chunk;
    }

    synchronized boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** Nobody takes the bytes any more. */
    synchronized void close(String why) {
        broken = why;
        chunks.forEach(ByteBuf::release);
        chunks.clear();
        notifyAll();
    }
}
