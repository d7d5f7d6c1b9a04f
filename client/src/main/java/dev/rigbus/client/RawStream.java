package dev.rigbus.client;

import dev.rigbus.grpc.StatusException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes to a device and back, until it is closed: exporters keep the device for as long. One thread may read while another
 * writes. To be sure that everything has arrived, close the output and read the input to its end.
 */
public final class RawStream implements AutoCloseable {
    private final ByteChannel channel;
    private final Observer observer;
    private final In input = new In();
    private final Out output = new Out();

    RawStream(ByteChannel channel) {
        this(channel, new Observer() {});
    }

    RawStream(ByteChannel channel, Observer observer) {
        this.channel = channel;
        this.observer = observer;
    }

    /** The same stream for who must not wait; one may read there, or here, but not in both places. */
    public ByteChannel async() {
        return channel;
    }

    /** What comes from the device. */
    public InputStream input() {
        return input;
    }

    /** What goes to the device; closing it tells the device that no more comes, and leaves the other direction open. */
    public OutputStream output() {
        return output;
    }

    /**
     * The next bytes from the device, as they were sent; null when no more follow. Not to be mixed with {@link #input()}.
     *
     * @throws TimeoutException when none come in time
     */
    public byte @Nullable [] receive(Duration limit) throws IOException, TimeoutException {
        return input.nextChunk(limit);
    }

    /** Sends bytes, all in one piece unless they are more than 64 KiB. */
    public void send(byte[] bytes) throws IOException {
        output.write(bytes, 0, bytes.length);
    }

    /** Ends both directions and lets the exporter release the device. */
    @Override
    public void close() {
        channel.close();
    }

    /** Ends both directions without saying that the output is complete. */
    void abort() {
        channel.abort();
    }

    private static <T extends @Nullable Object> T await(Future<T> future, @Nullable Duration limit)
            throws IOException, TimeoutException {
        try {
            return Await.result(future, limit);
        } catch (StatusException e) {
            throw new IOException("the stream broke off: " + e.status(), e);
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw e;
        }
    }

    private static <T extends @Nullable Object> T await(Future<T> future) throws IOException {
        try {
            return await(future, null);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e); // there is no limit that could be passed
        }
    }

    private final class In extends InputStream {
        private byte[] chunk = {};
        private int position;

        byte @Nullable [] nextChunk(@Nullable Duration limit) throws IOException, TimeoutException {
            Buffer next = await(channel.next(), limit);
            return next == null ? null : seen(next.getBytes());
        }

        private byte[] seen(byte[] bytes) {
            observer.received(bytes);
            return bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            if (length == 0) {
                return 0;
            }
            if (position == chunk.length && !refill()) {
                return -1;
            }
            int taken = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, target, offset, taken);
            position += taken;
            return taken;
        }

        private boolean refill() throws IOException {
            Buffer next = await(channel.next());
            if (next == null) {
                return false;
            }
            chunk = seen(next.getBytes());
            position = 0;
            return true;
        }

        /** How much can be read without waiting, of what was sent in one piece. */
        @Override
        public int available() {
            return chunk.length - position;
        }
    }

    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            for (int done = 0; done < length; done += ByteChannel.CHUNK_BYTES) {
                await(channel.ready());
                Future<Void> written =
                        channel.write(source, offset + done, Math.min(ByteChannel.CHUNK_BYTES, length - done));
                if (written.failed()) {
                    await(written);
                }
            }
        }

        @Override
        public void close() throws IOException {
            Future<Void> ended = channel.end();
            if (ended.failed()) {
                await(ended);
            }
        }
    }
}
