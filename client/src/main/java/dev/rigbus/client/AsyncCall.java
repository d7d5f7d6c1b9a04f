package dev.rigbus.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call, as threads and event loops see it. A reader that is slow slows the exporter; a writer is told when the exporter takes no more. Safe
 * to use from any thread.
 */
final class AsyncCall<T> implements ClientListener {
    /** Messages on their way to the event loop before the writer should wait. */
    private static final int MOST_POSTED = 16;

    private final EventLoop loop;
    private final Parser<T> parser;
    private final Promise<Map<String, String>> headers = Promise.promise();
    private final Inbound<T> in;
    private @Nullable ClientCall call; // belongs to the event loop
    private @Nullable Status end;
    private @Nullable Promise<Void> room;
    private boolean writable = true;
    private int posted;

    private AsyncCall(EventLoop loop, Parser<T> parser) {
        this.loop = loop;
        this.parser = parser;
        this.in = new Inbound<>(loop, () -> withCall(ClientCall::pause), () -> withCall(ClientCall::resume));
    }

    /** Starts a call; its failure, also that of a connection that is gone, is told by what is done with it. */
    static <T> AsyncCall<T> start(
            GrpcClient client,
            String path,
            Map<String, String> metadata,
            @Nullable Duration timeout,
            Parser<T> parser) {
        AsyncCall<T> started = new AsyncCall<>(client.eventLoop(), parser);
        started.onLoop(() -> started.call = client.call(path, metadata, timeout, started));
        return started;
    }

    /** A call with one message each way. */
    static <T> Future<T> unary(
            GrpcClient client, String path, MessageLite request, @Nullable Duration timeout, Parser<T> parser) {
        return new UnaryCall<>(parser).start(client, path, request, timeout);
    }

    /** A call with one message there and any number back. */
    static <T> AsyncCall<T> asking(
            GrpcClient client, String path, MessageLite request, @Nullable Duration timeout, Parser<T> parser) {
        AsyncCall<T> started = start(client, path, Map.of(), timeout, parser);
        started.withCall(call -> call.writeLast(request));
        return started;
    }

    /** The exporter's initial metadata. */
    Future<Map<String, String>> headers() {
        return headers.future();
    }

    /** What the exporter sends. */
    Inbound<T> in() {
        return in;
    }

    EventLoop loop() {
        return loop;
    }

    /** Complete once the exporter takes another message; fails when the call is over. */
    Future<Void> ready() {
        synchronized (this) {
            if (end != null) {
                return Future.failedFuture(new StatusException(afterEnd(end)));
            }
            if (isRoom()) {
                return Future.succeededFuture();
            }
            if (room == null) {
                room = Promise.promise();
            }
            return room.future();
        }
    }

    /** Whether a writer should wait. */
    synchronized boolean isFull() {
        return end == null && !isRoom();
    }

    private boolean isRoom() {
        return writable && posted < MOST_POSTED;
    }

    private static Status afterEnd(Status end) {
        return end.isOk() ? new Status(Code.CANCELLED, "the exporter has ended the call") : end;
    }

    /** Sends a message, whether or not there is room for it; complete when it has been handed to the connection. */
    Future<Void> write(MessageLite message) {
        synchronized (this) {
            if (end != null) {
                return Future.failedFuture(new StatusException(afterEnd(end)));
            }
            posted++;
        }
        Promise<Void> written = Promise.promise();
        withCall(call -> {
            call.write(message);
            written(call.isWritable());
            written.complete();
        });
        return written.future();
    }

    /** Sends a message if the call is not over. */
    void writeIfOpen(MessageLite message) {
        withCall(call -> call.write(message));
    }

    private void written(boolean more) {
        Promise<Void> waiter;
        synchronized (this) {
            posted--;
            writable = more;
            waiter = isRoom() ? room : null;
            room = waiter == null ? room : null;
        }
        if (waiter != null) {
            waiter.complete();
        }
    }

    /** Says that no more messages follow. */
    void end() {
        withCall(ClientCall::end);
    }

    /** Ends the call if that has not happened yet. What has been written before still leaves, as far as the exporter takes it. */
    void cancel() {
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
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            finished(new Status(Code.UNAVAILABLE, "the client has been closed"));
        }
    }

    @Override
    public void headers(Map<String, String> metadata) {
        headers.tryComplete(metadata);
    }

    @Override
    public void message(ByteBuf message) {
        in.push(parse(message, parser));
    }

    /** Takes over the reference. */
    static <T> T parse(ByteBuf message, Parser<T> parser) {
        try {
            return message.nioBufferCount() == 1
                    ? parser.parseFrom(com.google.protobuf.CodedInputStream.newInstance(message.nioBuffer()))
                    : parser.parseFrom(new io.netty.buffer.ByteBufInputStream(message));
        } catch (IOException e) {
            throw new StatusException(
                    Code.INTERNAL, "the exporter sent what is no message of the protocol: " + e.getMessage());
        } finally {
            message.release();
        }
    }

    @Override
    public void writable() {
        Promise<Void> waiter;
        synchronized (this) {
            writable = true;
            waiter = isRoom() ? room : null;
            room = waiter == null ? room : null;
        }
        if (waiter != null) {
            waiter.complete();
        }
    }

    @Override
    public void finished(Status status) {
        Promise<Void> waiter;
        synchronized (this) {
            if (end != null) {
                return;
            }
            end = status;
            waiter = room;
            room = null;
        }
        StatusException failure = new StatusException(afterEnd(status));
        headers.tryFail(failure);
        if (waiter != null) {
            waiter.fail(failure);
        }
        in.end(status.isOk() ? null : failure);
    }
}
