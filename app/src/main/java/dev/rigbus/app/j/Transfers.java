package dev.rigbus.app.j;

import dev.rigbus.client.Compression;
import dev.rigbus.client.Download;
import dev.rigbus.client.Presigned;
import dev.rigbus.client.Upload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Files on their way to an exporter and back, with a bar on terminals. */
final class Transfers {
    private static final long MIB = 1 << 20;

    private final Io io;

    Transfers(Io io) {
        this.io = io;
    }

    /** Does something with a file or with what an address leads to. */
    interface WithUpload {
        void run(Upload upload) throws IOException;
    }

    interface WithPresigned {
        void run(Presigned request) throws IOException;
    }

    interface WithDownload {
        void run(Download download) throws IOException;
    }

    void up(String source, @Nullable Compression compression, WithUpload file, WithPresigned address)
            throws IOException {
        if (source.startsWith("http://") || source.startsWith("https://")) {
            if (compression != null) {
                io.err().println("--compression is not for addresses; the exporter takes what it gets");
            }
            address.run(Presigned.get(URI.create(source)));
            return;
        }
        Path path = io.directory().resolve(source);
        if (!Files.isRegularFile(path)) {
            throw new IOException(source + ": no such file");
        }
        try (Bar bar = bar(path.getFileName().toString(), Files.size(path))) {
            Upload upload = Upload.of(path).progress(bar.moved());
            file.run(compression == null ? upload : upload.compressed(compression));
        }
    }

    void down(String target, WithDownload file) throws IOException {
        Path path = io.directory().resolve(target);
        try (Bar bar = bar(path.getFileName().toString(), -1)) {
            file.run(Download.to(path).progress(bar.moved()));
        }
    }

    private Bar bar(String name, long bytes) {
        if (!io.isErrorTerminal()) {
            return new Bar(count -> {}, () -> {});
        }
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(bytes)
                .setUnit(" MiB", MIB)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new DelegatingProgressBarConsumer(
                        text -> {
                            io.err().print("\r" + text);
                            io.err().flush();
                        },
                        80))
                .build();
        return new Bar(bar::stepTo, () -> {
            bar.close();
            io.err().println();
        });
    }

    private record Bar(LongConsumer moved, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
