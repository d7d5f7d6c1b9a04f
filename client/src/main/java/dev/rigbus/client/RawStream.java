package dev.rigbus.client;

import com.google.protobuf.ByteString;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.FrameType;
import dev.rigbus.wire.StreamRequest;
import dev.rigbus.wire.StreamResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A stream of bytes to a device and back, until it is closed: exporters keep the device for as long. One thread may read while another
 * writes. To be sure that everything has arrived, close the output and read the input to its end.
 */
public final class RawStream implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final BlockingCall call;
    private final Map<String, String> metadata;
    private final In input = new In();
    private final Out output = new Out();

    RawStream(BlockingCall call, Map<String, String> metadata) {
        this.call = call;
        this.metadata = metadata;
    }

    /** What the exporter said when it opened the stream. */
    Map<String, String> metadata() {
        return metadata;
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
        output.end();
        call.close();
    }

    /** Ends both directions without saying that the output is complete. */
    void abort() {
        call.close();
    }

    private static IOException broken(StatusException e) {
        Status status = e.status();
        return new IOException("the stream broke off: " + status, e);
    }

    private final class In extends InputStream {
        private byte[] chunk = {};
        private int position;
        private boolean ended;

        byte @Nullable [] nextChunk(@Nullable Duration limit) throws IOException, TimeoutException {
            while (!ended) {
                StreamResponse frame = nextFrame(limit);
                if (frame == null || frame.getFrameType() == FrameType.FRAME_TYPE_GOAWAY) {
                    ended = true;
                } else if (frame.getFrameType() == FrameType.FRAME_TYPE_DATA
                        && !frame.getPayload().isEmpty()) {
                    return frame.getPayload().toByteArray();
                }
            }
            return null;
        }

        private @Nullable StreamResponse nextFrame(@Nullable Duration limit) throws IOException, TimeoutException {
            try {
                byte[] message = call.next(limit);
                return message == null ? null : Messages.parse(StreamResponse.parser(), message);
            } catch (StatusException e) {
                ended = true;
                throw broken(e);
            }
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
            try {
                byte[] next = nextChunk(null);
                if (next == null) {
                    return false;
                }
                chunk = next;
                position = 0;
                return true;
            } catch (TimeoutException e) {
                throw new IllegalStateException(e); // there is no limit that could be passed
            }
        }

        /** How much can be read without waiting, of what was sent in one piece. */
        @Override
        public int available() {
            return chunk.length - position;
        }
    }

    private final class Out extends OutputStream {
        private boolean ended;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, source.length);
            if (ended) {
                throw new IOException("the stream's output is closed");
            }
            for (int done = 0; done < length; done += CHUNK_BYTES) {
                int size = Math.min(CHUNK_BYTES, length - done);
                frame(FrameType.FRAME_TYPE_DATA, ByteString.copyFrom(source, offset + done, size));
            }
        }

        private void frame(FrameType type, ByteString payload) throws IOException {
            try {
                call.write(StreamRequest.newBuilder()
                        .setFrameType(type)
                        .setPayload(payload)
                        .build());
            } catch (StatusException e) {
                throw broken(e);
            }
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                ended = true;
                frame(FrameType.FRAME_TYPE_GOAWAY, ByteString.EMPTY);
                call.end();
            }
        }

        /** As {@link #close()}, for one who leaves: that the exporter no longer listens, or does not take more now, is fine then. */
        void end() {
            if (!ended) {
                ended = true;
                call.writeIfOpen(StreamRequest.newBuilder()
                        .setFrameType(FrameType.FRAME_TYPE_GOAWAY)
                        .build());
                call.end();
            }
        }
    }
}
