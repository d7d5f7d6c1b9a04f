package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.ForwardingStream;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Writes byte by byte with a pause in between, for boards that lose what comes faster; reading is not slowed. */
final class PacedStream extends ForwardingStream {
    private static final int MOST_QUEUED_BYTES = 16 * 1024;
    // Timers count milliseconds. Who wants more bytes than that gets those of a millisecond at once.
    private static final long TICK_NANOS = 1_000_000;

    private final Vertx vertx;
    private final long intervalNanos;
    private final Queue<Chunk> queue = new ArrayDeque<>();
    private long due;
    private int queuedBytes;
    private boolean waiting;
    private boolean full;
    private boolean closed;
    private @Nullable Promise<Void> ending;
    private @Nullable Handler<Void> drainHandler;

    /** Bytes of one write, and how many of them are sent. */
    private static final class Chunk {
        private final Buffer data;
        private final Promise<Void> written = Promise.promise();
        private int sent;

        Chunk(Buffer data) {
            this.data = data;
        }
    }

    PacedStream(ByteStream stream, Vertx vertx, Duration interval) {
        super(stream);
        this.vertx = vertx;
        this.intervalNanos = interval.toNanos();
        this.due = System.nanoTime();
        stream.drainHandler(nothing -> {
            if (!waiting) {
                sendDue();
            }
        });
    }

    @Override
    public Future<Void> write(Buffer data) {
        Chunk chunk = new Chunk(data);
        queue.add(chunk);
        queuedBytes += data.length();
        if (!waiting) {
            sendDue();
        }
        return chunk.written.future();
    }

    /** Sends no more; gives what it has not sent. */
    Buffer stop() {
        closed = true;
        Buffer left = Buffer.buffer();
        queue.forEach(chunk -> left.appendBuffer(chunk.data, chunk.sent, chunk.data.length() - chunk.sent));
        queue.clear();
        return left;
    }

    /** Whether it is to end when all is sent. */
    boolean isEnding() {
        return ending != null;
    }

    private void sendDue() {
        long now = System.nanoTime();
        while (!closed && !queue.isEmpty() && due <= now && !stream().writeQueueFull()) {
            sendOne(queue.element());
            // What was missed is not caught up with, but for a tick.
            due = Math.max(due, now - TICK_NANOS) + intervalNanos;
        }
        if (!closed && !queue.isEmpty() && due > now) {
            waiting = true;
            vertx.setTimer(Math.max(1, Math.round(Math.ceil((due - now) / (double) TICK_NANOS))), id -> {
                waiting = false;
                sendDue();
            });
        } else if (ending != null && queue.isEmpty()) {
            stream().end().onComplete(ending);
        }
    }

    private void sendOne(Chunk chunk) {
        if (chunk.sent < chunk.data.length()) {
            stream().write(chunk.data.getBuffer(chunk.sent, chunk.sent + 1));
            chunk.sent++;
            queuedBytes--;
        }
        if (chunk.sent == chunk.data.length()) {
            queue.remove();
            chunk.written.complete();
        }
        if (full && queuedBytes <= MOST_QUEUED_BYTES / 2 && drainHandler != null) {
            full = false;
            drainHandler.handle(null);
        }
    }

    @Override
    public Future<Void> end() {
        if (queue.isEmpty()) {
            return stream().end();
        }
        Promise<Void> promise = ending == null ? Promise.promise() : ending;
        ending = promise;
        return promise.future();
    }

    @Override
    public Future<Void> close() {
        closed = true;
        queue.clear();
        return stream().close();
    }

    @Override
    public boolean writeQueueFull() {
        full |= queuedBytes >= MOST_QUEUED_BYTES;
        return full;
    }

    @Override
    public ByteStream drainHandler(@Nullable Handler<Void> handler) {
        drainHandler = handler;
        return this;
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int size) {
        return this;
    }
}
