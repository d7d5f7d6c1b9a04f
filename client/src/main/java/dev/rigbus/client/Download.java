package dev.rigbus.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A sink that a driver writes while one of its methods runs, such as the file for what a device's storage holds. Good for one use. */
public final class Download {
    /** After the method has its result: for the last bytes to arrive. */
    private static final long REST_SECONDS = 60;

    private final String name;
    private final @Nullable Path file;
    private final @Nullable OutputStream stream;
    private final LongConsumer progress;

    private Download(String name, @Nullable Path file, @Nullable OutputStream stream, LongConsumer progress) {
        this.name = name;
        this.file = file;
        this.stream = stream;
        this.progress = progress;
    }

    /** The file is there when all has arrived, and not before; until then it has {@code .part} at its end. */
    public static Download to(Path file) {
        return new Download(file.toString(), file, null, received -> {});
    }

    /** The stream stays open. */
    public static Download to(OutputStream stream) {
        return new Download("what was read", null, stream, received -> {});
    }

    /** Is told, on a thread of its own, how many bytes have arrived so far. */
    public Download progress(LongConsumer listener) {
        return new Download(name, file, stream, listener);
    }

    void run(DriverNode driver, Upload.Use use) throws IOException {
        if (stream != null) {
            into(stream, driver, use);
            return;
        }
        Path to = Objects.requireNonNull(file);
        Path part = to.resolveSibling(to.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(part)) {
            into(out, driver, use);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void into(OutputStream out, DriverNode driver, Upload.Use use) throws IOException {
        Resource lent = Upload.lend(driver, null);
        try (RawStream from = new RawStream(lent.channel())) {
            // Only the driver writes here.
            from.output().close();
            Pump pump = new Pump(from, out);
            pump.start();
            use.call(lent.handle());
            pump.finish();
        }
    }

    /** Takes what comes while the method runs that sends it. */
    private final class Pump implements Runnable {
        private final RawStream stream;
        private final OutputStream out;
        private final Thread thread = new Thread(this, "rigbus-download");
        private volatile @Nullable IOException failure;

        Pump(RawStream stream, OutputStream out) {
            this.stream = stream;
            this.out = out;
        }

        void start() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            byte[] chunk = new byte[ByteChannel.CHUNK_BYTES];
            long count = 0;
            try {
                for (int size = stream.input().read(chunk);
                        size >= 0;
                        size = stream.input().read(chunk)) {
                    out.write(chunk, 0, size);
                    count += size;
                    progress.accept(count);
                }
            } catch (IOException e) {
                failure = e;
                stream.abort();
            }
        }

        void finish() throws IOException {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(REST_SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            IOException broken = failure;
            if (broken != null) {
                throw new IOException(name + " is not complete: " + broken.getMessage(), broken);
            }
            if (thread.isAlive()) {
                stream.abort();
                throw new IOException(name + " is not complete: the driver does not say that this is all");
            }
        }
    }
}
