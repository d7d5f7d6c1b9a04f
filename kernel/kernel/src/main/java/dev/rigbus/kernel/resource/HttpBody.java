package dev.rigbus.kernel.resource;

import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/** The framings of an HTTP/1.1 body. None of them closes the stream below. */
final class HttpBody {
    private HttpBody() {}

    /** A body of known length. */
    static final class Measured extends InputStream {
        private final InputStream in;
        private long left;

        Measured(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the server disconnected " + left + " bytes before the end");
            }
            left -= count;
            return count;
        }
    }

    /** A body in pieces that each say their length. */
    static final class Chunked extends InputStream {
        private final InputStream in;
        private final Lines lines;
        private long left;
        private boolean first = true;
        private boolean ended;

        Chunked(InputStream in, Lines lines) {
            this.in = in;
            this.lines = lines;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                nextChunk();
            }
            if (ended) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new EOFException("the server disconnected before the end");
            }
            left -= count;
            return count;
        }

        private void nextChunk() throws IOException {
            if (!first && !lines.next().isEmpty()) {
                throw new ProtocolException("the server sent a malformed chunk");
            }
            first = false;
            left = length(lines.next());
            if (left == 0) {
                ended = true;
                while (!lines.next().isEmpty()) {
                    // a trailer says nothing that we need
                }
            }
        }

        private static long length(String line) throws IOException {
            try {
                return Long.parseUnsignedLong(line.split(";", 2)[0].strip(), 16) & Long.MAX_VALUE;
            } catch (NumberFormatException e) {
                throw new ProtocolException("the server sent a malformed chunk");
            }
        }
    }

    /** Sends a body of unknown length; {@link #finish()} is its end. */
    static final class ChunkedOutput extends FilterOutputStream {
        private static final byte[] LINE_END = {'\r', '\n'};

        ChunkedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                out.write(bytes, offset, length);
                out.write(LINE_END);
            }
        }

        void finish() throws IOException {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    /** Hands out the lines between the chunks. */
    @FunctionalInterface
    interface Lines {
        String next() throws IOException;
    }
}
