package dev.rigbus.drivers.board;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What one reader of the console has still to read. Nobody waits for a reader that is slow: the oldest bytes are
 * dropped, and a
 * line in their place says so.
 */
final class ConsoleReader extends InputStream {
    private static final int MOST_BYTES = 256 * 1024;

    private final Queue<byte[]> chunks = new ArrayDeque<>();
    private byte[] current = {};
    private int position;
    private int waitingBytes;
    private long lost;
    private boolean closed;

    synchronized void add(byte[] bytes) {
        chunks.add(bytes);
        waitingBytes += bytes.length;
        while (waitingBytes > MOST_BYTES) {
            byte[] oldest = chunks.remove();
            waitingBytes -= oldest.length;
            lost += oldest.length;
        }
        notifyAll();
    }

    @Override
    public int read() throws InterruptedIOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Waits for bytes; the end is the end of the connection. */
    @Override
    public synchronized int read(byte[] into, int offset, int length) throws InterruptedIOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (position == current.length) {
            byte[] next = next();
            if (next == null) {
                return -1;
            }
            current = next;
            position = 0;
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, into, offset, count);
        position += count;
        return count;
    }

    private byte @Nullable [] next() throws InterruptedIOException {
        while (chunks.isEmpty() && lost == 0 && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
        if (closed) {
            return null;
        }
        if (lost > 0) {
            String text = "\r\n[board] " + lost + " bytes lost: the reader is too slow\r\n";
            lost = 0;
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] chunk = chunks.remove();
        waitingBytes -= chunk.length;
        return chunk;
    }

    @Override
    public synchronized int available() {
        return current.length - position + waitingBytes;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
