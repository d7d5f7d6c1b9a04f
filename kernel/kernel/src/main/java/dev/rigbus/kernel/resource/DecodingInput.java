package dev.rigbus.kernel.resource;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads through a decoder and tells its two kinds of trouble apart: data that does not decode, which is the sender's fault, and a
 * source that fails, which passes through unchanged. The decoder is made at the first read, as most read a header when made.
 */
final class DecodingInput extends InputStream {
    private final Opener opener;
    private final Source source;
    private final Function<Exception, IOException> damaged;
    private @Nullable InputStream decoder;

    DecodingInput(Opener opener, InputStream packed, Function<Exception, IOException> damaged) {
        this.opener = opener;
        this.source = new Source(packed);
        this.damaged = damaged;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return decoder().read(bytes, offset, length);
        } catch (IOException | RuntimeException e) {
            // Runtime exceptions too: on some damage decoders run off their tables.
            source.rethrow();
            throw damaged.apply(e);
        }
    }

    @Override
    public void close() throws IOException {
        try (Source last = source) {
            if (decoder != null) {
                decoder.close();
            }
        }
    }

    private InputStream decoder() throws IOException {
        if (decoder == null) {
            decoder = opener.open(source);
        }
        return decoder;
    }

    @FunctionalInterface
    interface Opener {
        InputStream open(InputStream packed) throws IOException;
    }

    private static final class Source extends FilterInputStream {
        private @Nullable Exception failure;

        Source(InputStream packed) {
            super(packed);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException | RuntimeException e) {
                failure = e;
                throw e;
            }
        }

        /** Throws what the stream below has thrown, if it has. */
        void rethrow() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
        }
    }
}
