package dev.rigbus.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A source that a driver reads while one of its methods runs, such as the image to flash. Good for one use. */
public final class Upload {
    private static final int CHUNK_BYTES = 64 * 1024;

    /** After the method has its result: for the exporter's word that it needs no more. */
    private static final Duration GOODBYE = Duration.ofSeconds(10);

    private final Opener opener;
    private final @Nullable Compression compression;
    private final LongConsumer progress;

    private Upload(Opener opener, @Nullable Compression compression, LongConsumer progress) {
        this.opener = opener;
        this.compression = compression;
        this.progress = progress;
    }

    /** Calls the method that reads the source. */
    @FunctionalInterface
    public interface Use {
        void call(Object handle);
    }

    @FunctionalInterface
    private interface Opener {
        InputStream open() throws IOException;
    }

    public static Upload of(Path file) {
        return new Upload(() -> Files.newInputStream(file), null, sent -> {});
    }

    /** The stream is closed in the end. */
    public static Upload of(InputStream source) {
        return new Upload(() -> source, null, sent -> {});
    }

    /** Says that the source is compressed. */
    public Upload compressed(Compression format) {
        return new Upload(opener, format, progress);
    }

    /** Is told, on a thread of its own, how many bytes of the source have been sent so far. */
    public Upload progress(LongConsumer listener) {
        return new Upload(opener, compression, listener);
    }

    void run(DriverNode driver, Use use) throws IOException {
        try (InputStream source = opener.open()) {
            Resource lent = lend(driver, compression);
            Pump pump;
            try (RawStream stream = new RawStream(lent.channel())) {
                pump = new Pump(agreed(new Counted(source), lent), stream);
                pump.start();
                call(use, lent.handle(), pump);
                awaitGoodbye(stream);
            }
            pump.finish();
        }
    }

    private static void call(Use use, Object handle, Pump pump) throws IOException {
        try {
            use.call(handle);
        } catch (CallException e) {
            if (pump.sourceFailure != null) {
                throw pump.unreadable();
            }
            throw e;
        }
    }

    static Resource lend(DriverNode driver, @Nullable Compression content) throws IOException {
        try {
            return CallException.in(() -> Await.forever(driver.async().resource(content)));
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw e;
        }
    }

    /** An exporter that says nothing of compression wants the content itself. */
    private InputStream agreed(InputStream source, Resource lent) throws IOException {
        if (compression == null || lent.isUnpacked()) {
            return source;
        }
        if (compression == Compression.GZIP) {
            return new GZIPInputStream(source);
        }
        throw new IOException(
                "this exporter does not decompress " + compression.wireName() + "; decompress the file before");
    }

    static void awaitGoodbye(RawStream stream) {
        try {
            while (stream.receive(GOODBYE) != null) {
                // What a driver writes to a source is of no interest.
            }
        } catch (IOException | TimeoutException e) {
            // The method has done its work, and that is what counts.
        }
    }

    /** Sends the source while the method runs that reads it. */
    private static final class Pump implements Runnable {
        private final InputStream source;
        private final RawStream stream;
        private final Thread thread = new Thread(this, "rigbus-upload");
        private volatile @Nullable IOException sourceFailure;

        Pump(InputStream source, RawStream stream) {
            this.source = source;
            this.stream = stream;
        }

        void start() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            byte[] chunk = new byte[CHUNK_BYTES];
            try {
                for (int size = read(chunk); size >= 0; size = read(chunk)) {
                    stream.output().write(chunk, 0, size);
                }
                stream.output().close();
            } catch (IOException e) {
                // Either the source failed, which is noted, or the exporter needs no more, which its method's result
                // explains.
                stream.abort();
            }
        }

        private int read(byte[] chunk) throws IOException {
            try {
                return source.read(chunk);
            } catch (IOException e) {
                sourceFailure = e;
                throw e;
            }
        }

        void finish() throws IOException {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (sourceFailure != null) {
                throw unreadable();
            }
        }

        IOException unreadable() {
            return new IOException("the source could not be read to its end", sourceFailure);
        }
    }

    /** Counts before decompression: people know the size of the file. */
    private final class Counted extends FilterInputStream {
        private long count;

        Counted(InputStream source) {
            super(source);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            counted(b < 0 ? b : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return counted(super.read(target, offset, length));
        }

        private int counted(int size) {
            if (size > 0) {
                count += size;
                progress.accept(count);
            }
            return size;
        }
    }
}
