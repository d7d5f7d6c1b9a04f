package dev.rigbus.drivers.testing;

import dev.rigbus.driver.ByteStream;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's part of a raw stream: writes, and keeps all that comes. */
public final class StreamClient {
    private final FakeContext context;
    private final ByteStream stream;
    private final List<byte[]> chunks = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;
    private int position;

    public StreamClient(FakeContext context, ByteStream stream) {
        this(context, stream, true);
    }

    /** @param reading false for a client that takes nothing until {@link #read} */
    public StreamClient(FakeContext context, ByteStream stream, boolean reading) {
        this.context = context;
        this.stream = stream;
        context.run(() -> {
            stream.endHandler(nothing -> ended.countDown());
            stream.exceptionHandler(cause -> {
                failure = cause;
                ended.countDown();
            });
            if (!reading) {
                stream.pause();
            }
            stream.handler(data -> chunks.add(data.getBytes()));
        });
    }

    public StreamClient read() {
        context.run(stream::resume);
        return this;
    }

    public StreamClient send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    public StreamClient send(byte[] bytes) {
        context.run(() -> stream.write(Buffer.buffer(bytes)));
        return this;
    }

    public StreamClient end() {
        context.run(stream::end);
        return this;
    }

    public void close() {
        context.call(stream::close);
    }

    public List<byte[]> chunks() {
        return chunks;
    }

    /** All that has come, one character per byte. */
    public String text() {
        StringBuilder text = new StringBuilder();
        chunks.forEach(chunk -> text.append(new String(chunk, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    /** Waits for a text after what was expected before; answers what stood in between. */
    public String expect(String text) throws Exception {
        try {
            Eventually.eventually(text, () -> text().indexOf(text, position) >= 0);
        } catch (AssertionError e) {
            throw new AssertionError(
                    "waited for: " + text + "\ngot after the last match: " + text().substring(position), e);
        }
        String all = text();
        int found = all.indexOf(text, position);
        String before = all.substring(position, found);
        position = found + text.length();
        return before;
    }

    public StreamClient expectEnd() throws InterruptedException {
        if (!ended.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the stream did not end; it sent: " + text());
        }
        return this;
    }

    public boolean isOver() {
        return ended.getCount() == 0;
    }

    public @Nullable Throwable failure() {
        return failure;
    }
}
