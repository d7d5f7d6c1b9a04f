package dev.rigbus.kernel.resource;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/**
 * The formats in which a client may send and take a file. The driver always sees plain bytes: they are unpacked on the way in and
 * packed on the way out. Both directions block, and neither touches the underlying stream before the first byte is asked for or given.
 */
public enum Compression {
    /** Also reads a zlib stream, as the stock exporter does. */
    GZIP("Error -3 while decompressing data: incorrect header check") {
        @Override
        InputStream decoder(InputStream in) throws IOException {
            BufferedInputStream source = new BufferedInputStream(in, CHUNK);
            return startsWithZlibHeader(source)
                    ? inflater(source, new Inflater())
                    : new GzipCompressorInputStream(source, true);
        }

        @Override
        OutputStream encoder(OutputStream out) throws IOException {
            return new GZIPOutputStream(out, CHUNK);
        }

        @Override
        boolean blamesHeader(String message) {
            return message.contains("not in the .gz format") || message.startsWith("Garbage after");
        }
    },
    XZ("Input format not supported by decoder") {
        @Override
        InputStream decoder(InputStream in) throws IOException {
            return new XZInputStream(in, XZ_MEMORY_KIB);
        }

        @Override
        OutputStream encoder(OutputStream out) throws IOException {
            return new XZOutputStream(out, new LZMA2Options(XZ_PRESET));
        }

        @Override
        boolean blamesHeader(String message) {
            return message.contains("not in the XZ format");
        }
    },
    BZ2("Invalid data stream") {
        @Override
        InputStream decoder(InputStream in) throws IOException {
            return new BZip2CompressorInputStream(new BufferedInputStream(in, CHUNK), true);
        }

        @Override
        OutputStream encoder(OutputStream out) throws IOException {
            return new BZip2CompressorOutputStream(out);
        }

        @Override
        boolean blamesHeader(String message) {
            return message.contains("not in the BZip2 format");
        }
    },
    ZSTD("Unable to decompress Zstandard data: Unknown frame descriptor") {
        @Override
        InputStream decoder(InputStream in) throws IOException {
            return new ZstdInputStream(in);
        }

        @Override
        OutputStream encoder(OutputStream out) throws IOException {
            return new ZstdOutputStream(out).setChecksum(true);
        }

        @Override
        boolean blamesHeader(String message) {
            return message.contains("Unknown frame descriptor");
        }
    };

    static final int CHUNK = 64 * 1024;

    /** The largest xz preset needs 65 MiB to unpack; a file that asks for more would take the memory of other boards' drivers. */
    private static final int XZ_MEMORY_KIB = 128 * 1024;

    /** Packs in 15 MiB of memory, where the default of the format takes 94. */
    private static final int XZ_PRESET = 2;

    private final String foreignData;

    Compression(String foreignData) {
        this.foreignData = foreignData;
    }

    /** The format of this name on the wire; fails with {@link Reason#UNKNOWN} when there is none. */
    public static Compression of(String wireName) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(wireName))
                .findFirst()
                .orElseThrow(() -> new DriverException(
                        Reason.UNKNOWN,
                        "unknown content encoding \"" + wireName + "\" (expected one of: "
                                + String.join(", ", wireNames()) + ")"));
    }

    public static List<String> wireNames() {
        return Arrays.stream(values()).map(Compression::wireName).toList();
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The plain content of a packed stream, all members of it. Data that is damaged, cut short or of another format fails the read
     * with a {@link ResourceException}; a failure of the stream itself passes through as it is.
     */
    public InputStream decode(InputStream packed) {
        return new DecodingInput(this::decoder, packed, this::damaged);
    }

    /** Packs what is written; closing it completes the packed stream and closes the one below. */
    public OutputStream encode(OutputStream packed) {
        return new LazyEncoder(packed);
    }

    abstract InputStream decoder(InputStream in) throws IOException;

    abstract OutputStream encoder(OutputStream out) throws IOException;

    /** Whether the library's message says that the data are of another format altogether. */
    abstract boolean blamesHeader(String message);

    private ResourceException damaged(Exception cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        String text =
                blamesHeader(message) ? foreignData : "Error while decompressing " + wireName() + " data: " + message;
        return new ResourceException(Reason.UNKNOWN, text, cause);
    }

    /** Undoes the HTTP content coding {@code deflate}: zlib by the book, and the bare deflate data that some servers send. */
    static InputStream inflate(InputStream packed) {
        return new DecodingInput(
                in -> {
                    BufferedInputStream source = new BufferedInputStream(in, CHUNK);
                    return inflater(source, new Inflater(!startsWithZlibHeader(source)));
                },
                packed,
                GZIP::damaged);
    }

    private static InputStream inflater(InputStream in, Inflater inflater) {
        return new InflaterInputStream(in, inflater, CHUNK) {
            @Override
            public void close() throws IOException {
                super.close();
                inflater.end();
            }
        };
    }

    /** The two bytes carry their own check: method 8, and a multiple of 31 as a number. */
    private static boolean startsWithZlibHeader(BufferedInputStream in) throws IOException {
        in.mark(2);
        int method = in.read();
        int flags = in.read();
        in.reset();
        return (method & 0x0f) == 8 && flags >= 0 && (method << 8 | flags) % 31 == 0;
    }

    /** Makes the encoder at the first byte, or at the close: some write a header at once, to a client who may not take it yet. */
    private final class LazyEncoder extends FilterOutputStream {
        private boolean started;
        private boolean closed;

        LazyEncoder(OutputStream packed) {
            super(packed);
        }

        @Override
        public void write(int b) throws IOException {
            started().write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            started().write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                started().close();
            }
        }

        private OutputStream started() throws IOException {
            if (!started) {
                out = encoder(out);
                started = true;
            }
            return out;
        }
    }
}
