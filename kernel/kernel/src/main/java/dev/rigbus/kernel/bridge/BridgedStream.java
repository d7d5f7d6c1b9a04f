package dev.rigbus.kernel.bridge;

import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.pump.StreamFrames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A raw stream of a Python driver, or a resource for one: the frames of RouterService.Stream, seen from the client's end. */
final class BridgedStream implements RawStream, ClientListener {
    private static final String ROUTER = "RouterStream: ";

    private final EventLoop loop;
    private final Promise<Map<String, String>> opened = Promise.promise();
    private final Promise<Void> over = Promise.promise();
    private @Nullable ClientCall call;
    private @Nullable Receiver receiver;
    private @Nullable Status failure;
    private boolean endTold;
    private boolean outputOver;

    BridgedStream(EventLoop loop) {
        this.loop = loop;
    }

    /** Nothing is told before somebody takes the stream. */
    void started(ClientCall made) {
        call = made;
        made.pause();
    }

    /** Complete with the headers of the answer; fails with what the driver says. */
    Future<Map<String, String>> opened() {
        return opened.future();
    }

    Future<Void> over() {
        return over.future();
    }

    private ClientCall call() {
        return Objects.requireNonNull(call);
    }

    @Override
    public void headers(Map<String, String> metadata) {
        opened.tryComplete(metadata);
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        call().resume();
        if (over.future().isComplete()) {
            tellEnd(to);
        }
    }

    @Override
    public void message(ByteBuf message) {
        StreamFrames.Kind kind;
        try {
            kind = StreamFrames.read(message);
        } catch (IllegalArgumentException e) {
            message.release();
            throw new StatusException(Code.INTERNAL, e.getMessage());
        }
        if (kind == StreamFrames.Kind.DATA && message.isReadable() && receiver != null && !endTold) {
            receiver.data(message);
            return;
        }
        message.release();
        if (kind == StreamFrames.Kind.END && receiver != null && !endTold) {
            endTold = true;
            receiver.ended();
        }
    }

    @Override
    public void finished(Status status) {
        failure = status.isOk() ? null : status.code() == Code.UNAVAILABLE ? ChildSession.GONE : status;
        opened.tryFail(
                new StatusException(failure == null ? new Status(Code.UNKNOWN, "the driver opened nothing") : failure));
        over.tryComplete();
        if (receiver != null) {
            tellEnd(receiver);
        }
    }

    private void tellEnd(Receiver to) {
        if (endTold) {
            return;
        }
        endTold = true;
        if (failure == null) {
            to.ended();
        } else {
            String text = failure.text();
            to.failed(new IOException(text.startsWith(ROUTER) ? text.substring(ROUTER.length()) : text));
        }
    }

    @Override
    public void writable() {
        if (receiver != null) {
            receiver.writable();
        }
    }

    @Override
    public void write(ByteBuf chunk) {
        if (outputOver) {
            chunk.release();
        } else {
            call().writeFrame(StreamFrames.data(chunk, ByteBufAllocator.DEFAULT));
        }
    }

    @Override
    public void flush() {
        call().flush();
    }

    @Override
    public boolean isWritable() {
        return !call().isOpen() || call().isWritable();
    }

    @Override
    public void end() {
        if (!outputOver) {
            outputOver = true;
            call().writeFrame(StreamFrames.end(ByteBufAllocator.DEFAULT));
            call().flush();
        }
    }

    @Override
    public void pause() {
        call().pause();
    }

    @Override
    public void resume() {
        call().resume();
    }

    @Override
    public void close() {
        outputOver = true;
        endTold = true;
        call().cancel();
    }
}
