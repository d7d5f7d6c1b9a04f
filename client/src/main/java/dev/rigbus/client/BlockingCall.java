package dev.rigbus.client;

import com.google.protobuf.MessageLite;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call as threads see it: they wait, the event loop never does. A reader that is slow pauses the call; a writer waits while the exporter
 * takes no more.
 */
final class BlockingCall implements ClientListener, AutoCloseable {
    /** Messages that wait for the reader before the exporter has to. */
    private static final int MOST_QUEUED = 32;

    /** Messages on their way to the event loop before the writer has to wait. */
    private static final int MOST_POSTED = 16;

    private final EventLoop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> queue = new ArrayDeque<>();
    private @Nullable ClientCall call; // belongs to the event loop
    private @Nullable Map<String, String> headers;
    private @Nullable Status end;
    private boolean paused;
    private boolean writable = true;
    private int posted;

    private BlockingCall(EventLoop loop) {
        this.loop = loop;
    }

    /** Starts a call; its failure, also that of a connection that is gone, is told by what is done with it. */
    static BlockingCall start(
            GrpcClient client, String path, Map<String, String> metadata, @Nullable Duration timeout) {
        BlockingCall started = new BlockingCall(client.eventLoop());
        started.onLoop(() -> {
            ClientCall call = client.call(path, metadata, timeout, started);
            started.call = call;
            // The first may have arrived, or failed, already.
            started.pauseIfFull(call);
        });
        return started;
    }

    /** The answer to a call with one message each way. */
    static byte[] unary(GrpcClient client, String path, MessageLite request, @Nullable Duration timeout) {
        try (BlockingCall call = start(client, path, Map.of(), timeout)) {
            call.write(request);
            call.end();
            byte[] answer = call.next(timeout);
            if (answer == null) {
                throw new StatusException(Code.INTERNAL, "the exporter ended the call without an answer");
            }
            return answer;
        } catch (TimeoutException e) {
            throw new StatusException(Code.DEADLINE_EXCEEDED, "no answer within " + Durations.text(timeout));
        }
    }

    /** Waits for the exporter's initial metadata. */
    Map<String, String> headers() {
        lock.lock();
        try {
            await(() -> headers != null || end != null);
            if (headers != null) {
                return headers;
            }
            throw new StatusException(failure());
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next message; null when the exporter has ended the call well.
     *
     * @param limit how long to wait; null for as long as it takes
     * @throws StatusException when it ended otherwise
     */
    byte @Nullable [] next(@Nullable Duration limit) throws TimeoutException {
        lock.lock();
        try {
            if (!await(() -> !queue.isEmpty() || end != null, limit)) {
                throw new TimeoutException();
            }
            byte[] message = queue.poll();
            if (message == null) {
                if (end != null && !end.isOk()) {
                    throw new StatusException(end);
                }
                return null;
            }
            if (paused && queue.size() <= MOST_QUEUED / 2) {
                withCall(this::resumeIfDrained);
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    /** Sends a message, once the exporter takes it. */
    void write(MessageLite message) {
        lock.lock();
        try {
            await(() -> end != null || (writable && posted < MOST_POSTED));
            if (end != null) {
                throw new StatusException(failure());
            }
            posted++;
            withCall(call -> {
                call.write(message);
                written(call.isWritable());
            });
        } finally {
            lock.unlock();
        }
    }

    /** Sends a message without waiting; without effect on a call that is over. */
    void writeIfOpen(MessageLite message) {
        withCall(call -> call.write(message));
    }

    private Status failure() {
        return end == null || end.isOk() ? new Status(Code.CANCELLED, "the exporter has ended the call") : end;
    }

    private void written(boolean more) {
        lock.lock();
        try {
            posted--;
            writable = more;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Says that no more messages follow. */
    void end() {
        withCall(ClientCall::end);
    }

    /** Ends the call if that has not happened yet. What has been written before still leaves, as far as the exporter takes it. */
    @Override
    public void close() {
        withCall(call -> {
            call.flush();
            call.cancel();
        });
    }

    private void withCall(Consumer<ClientCall> task) {
        onLoop(() -> {
            // Absent when the call could not be started: its end has been told then.
            if (call != null) {
                task.accept(call);
            }
        });
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            finished(new Status(Code.UNAVAILABLE, "the client has been closed"));
        }
    }

    private void await(BooleanSupplier condition) {
        await(condition, null);
    }

    private boolean await(BooleanSupplier condition, @Nullable Duration limit) {
        try {
            long left = limit == null ? Long.MAX_VALUE : limit.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
                left = limit == null ? Long.MAX_VALUE : left;
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new StatusException(Code.CANCELLED, "the thread that waited was interrupted");
        }
    }

    @Override
    public void headers(Map<String, String> metadata) {
        tell(() -> headers = metadata);
    }

    @Override
    public void message(ByteBuf message) {
        byte[] bytes = ByteBufUtil.getBytes(message);
        message.release();
        tell(() -> queue.add(bytes));
        if (call != null) {
            pauseIfFull(call);
        }
    }

    private void pauseIfFull(ClientCall call) {
        lock.lock();
        try {
            if (!paused && queue.size() >= MOST_QUEUED) {
                paused = true;
                call.pause();
            }
        } finally {
            lock.unlock();
        }
    }

    private void resumeIfDrained(ClientCall call) {
        lock.lock();
        try {
            if (!paused || queue.size() > MOST_QUEUED / 2) {
                return;
            }
            paused = false;
        } finally {
            lock.unlock();
        }
        call.resume();
    }

    @Override
    public void writable() {
        tell(() -> writable = true);
    }

    @Override
    public void finished(Status status) {
        tell(() -> end = end == null ? status : end);
    }

    private void tell(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
