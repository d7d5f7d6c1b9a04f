package dev.rigbus.client;

import com.google.protobuf.ByteString;
import dev.rigbus.wire.FrameType;
import dev.rigbus.wire.StreamRequest;
import dev.rigbus.wire.StreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes to a device and back, until it is closed: exporters keep the device for as long. Each buffer is one chunk, as it was sent. What
 * is not read slows the device, and {@link #writeQueueFull()} tells when the device takes no more. Safe to use from any thread; handlers are called
 * on the client's event loop, which must not be blocked.
 */
public final class ByteChannel implements ReadStream<Buffer>, WriteStream<Buffer> {
    static final int CHUNK_BYTES = 64 * 1024;

    private final AsyncCall<StreamResponse> call;
    private final Map<String, String> metadata;
    private final Inbound<Buffer> in;
    private @Nullable Handler<Throwable> writeFailure;
    private boolean outputOver;

    private ByteChannel(AsyncCall<StreamResponse> call, Map<String, String> metadata) {
        this.call = call;
        this.metadata = metadata;
        Inbound<StreamResponse> frames = call.in();
        this.in = new Inbound<>(call.loop(), frames::pause, frames::resume);
        frames.endHandler(v -> in.end(null));
        frames.exceptionHandler(e -> in.end(new IOException("the stream broke off: " + e.getMessage(), e)));
        frames.handler(this::frame);
    }

    /** Fails with what the exporter says when the device's end cannot be opened. */
    static Future<ByteChannel> of(AsyncCall<StreamResponse> call) {
        return call.headers().map(metadata -> new ByteChannel(call, metadata)).onFailure(cause -> call.cancel());
    }

    /** One whose other end may say nothing before it hears something. */
    static ByteChannel now(AsyncCall<StreamResponse> call) {
        return new ByteChannel(call, Map.of());
    }

    private void frame(StreamResponse frame) {
        if (frame.getFrameType() == FrameType.FRAME_TYPE_GOAWAY) {
            in.end(null);
        } else if (frame.getFrameType() == FrameType.FRAME_TYPE_DATA
                && !frame.getPayload().isEmpty()) {
            in.push(Buffer.buffer(frame.getPayload().toByteArray()));
        }
    }

    /** What the exporter said when it opened the stream. */
    Map<String, String> metadata() {
        return metadata;
    }

    /** The next chunk; null when no more follow. Not to be mixed with handlers. */
    public Future<@Nullable Buffer> next() {
        return in.next();
    }

    @Override
    public ByteChannel handler(@Nullable Handler<Buffer> handler) {
        in.handler(handler);
        return this;
    }

    @Override
    public ByteChannel endHandler(@Nullable Handler<Void> handler) {
        in.endHandler(handler);
        return this;
    }

    @Override
    public ByteChannel exceptionHandler(@Nullable Handler<Throwable> handler) {
        writeFailure = handler;
        in.exceptionHandler(handler);
        return this;
    }

    @Override
    public ByteChannel pause() {
        in.pause();
        return this;
    }

    @Override
    public ByteChannel resume() {
        in.resume();
        return this;
    }

    @Override
    public ByteChannel fetch(long amount) {
        in.fetch(amount);
        return this;
    }

    /** Sends a chunk, in pieces of 64 KiB if it is larger; fails when the stream is over. */
    @Override
    public Future<Void> write(Buffer data) {
        return write(data.getBytes(), 0, data.length());
    }

    Future<Void> write(byte[] bytes, int offset, int length) {
        if (isOutputOver()) {
            return closedOutput();
        }
        Future<Void> last = Future.succeededFuture();
        for (int done = 0; done < length; done += CHUNK_BYTES) {
            int size = Math.min(CHUNK_BYTES, length - done);
            last = call.write(StreamRequest.newBuilder()
                    .setFrameType(FrameType.FRAME_TYPE_DATA)
                    .setPayload(ByteString.copyFrom(bytes, offset + done, size))
                    .build());
        }
        return last.recover(ByteChannel::broken);
    }

    private static Future<Void> closedOutput() {
        return Future.failedFuture(new IOException("the stream's output is closed"));
    }

    private static <T> Future<T> broken(Throwable cause) {
        return Future.failedFuture(new IOException("the stream broke off: " + cause.getMessage(), cause));
    }

    private synchronized boolean isOutputOver() {
        return outputOver;
    }

    private synchronized boolean endOutput() {
        boolean first = !outputOver;
        outputOver = true;
        return first;
    }

    /** Complete when the device takes more. */
    Future<Void> ready() {
        return isOutputOver() ? closedOutput() : call.ready().recover(ByteChannel::broken);
    }

    @Override
    public boolean writeQueueFull() {
        return call.isFull();
    }

    @Override
    public ByteChannel setWriteQueueMaxSize(int maxSize) {
        // How much is on its way is the exporter's and the connection's business.
        return this;
    }

    @Override
    public ByteChannel drainHandler(@Nullable Handler<Void> handler) {
        if (handler != null) {
            call.ready().onSuccess(handler::handle).onFailure(cause -> {
                Handler<Throwable> told = writeFailure;
                if (told != null) {
                    told.handle(cause);
                }
            });
        }
        return this;
    }

    /** Tells the device that no more comes, and leaves the other direction open. */
    @Override
    public Future<Void> end() {
        if (!endOutput()) {
            return Future.succeededFuture();
        }
        Future<Void> told = call.write(GOODBYE).recover(ByteChannel::broken);
        call.end();
        return told;
    }

    private static final StreamRequest GOODBYE =
            StreamRequest.newBuilder().setFrameType(FrameType.FRAME_TYPE_GOAWAY).build();

    /** Ends both directions and lets the exporter release the device. */
    public void close() {
        if (endOutput()) {
            call.writeIfOpen(GOODBYE);
            call.end();
        }
        call.cancel();
    }

    /** Ends both directions without saying that the output is complete. */
    void abort() {
        call.cancel();
    }
}
