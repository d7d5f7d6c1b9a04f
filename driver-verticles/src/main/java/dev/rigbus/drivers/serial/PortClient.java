package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.DriverContext;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ports of one driver. Their process is started when one is needed, and again after it died. */
final class PortClient {
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final SerialConfig config;
    private final DriverContext context;
    private @Nullable PortProcess process;
    private @Nullable Path directory;
    private int uses;
    private int sockets;
    private boolean closed;
    private volatile boolean waiting;

    /** @param release tells the other side that the stream is over; complete when the port is free */
    record Opened(ByteStream stream, Supplier<Future<Void>> release) {
        static Opened plain(ByteStream stream) {
            return new Opened(stream, Future::succeededFuture);
        }
    }

    PortClient(SerialConfig config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    Future<Opened> open() {
        return context.blocking(this::openPort)
                .compose(port -> context.transports()
                        .unix(port.socket())
                        .map(stream -> new Opened(stream, () -> release(port)))
                        .recover(cause -> release(port).compose(nothing -> Future.failedFuture(cause))));
    }

    Future<Void> setLine(String line, boolean value) {
        return context.blocking(() -> {
            PortProcess used = use();
            try {
                used.setLine(config, line, value);
                return null;
            } finally {
                unuse();
            }
        });
    }

    Future<Void> close() {
        return context.blocking(() -> {
            PortProcess last;
            Path sockets;
            synchronized (this) {
                closed = true;
                last = process;
                sockets = directory;
            }
            if (last != null) {
                last.close();
            }
            if (sockets != null) {
                delete(sockets);
            }
            return null;
        });
    }

    /** A process that crashed may have left sockets behind. */
    private static void delete(Path sockets) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(sockets)) {
            for (Path socket : left) {
                Files.deleteIfExists(socket);
            }
        }
        Files.deleteIfExists(sockets);
    }

    /** The process that holds the ports; 0 where none runs. */
    synchronized long pid() {
        return process == null || !process.isAlive() ? 0 : process.pid();
    }

    private record Port(PortProcess process, int number, Path socket) {}

    private Port openPort() throws IOException {
        try {
            return tryOpen();
        } catch (PortException.Ended crashedBefore) {
            // It may have ended long ago, and the first to ask finds out.
            return tryOpen();
        }
    }

    private Port tryOpen() throws IOException {
        PortProcess used = use();
        try {
            Path socket = socket();
            return new Port(used, used.open(config, socket), socket);
        } catch (IOException e) {
            unuse();
            throw e;
        }
    }

    private Future<Void> release(Port port) {
        Callable<Void> task = () -> {
            try {
                if (port.process().isAlive()) {
                    port.process().release(port.number());
                }
                return null;
            } finally {
                unuse();
            }
        };
        return context.blocking(task);
    }

    private synchronized PortProcess use() throws IOException {
        if (closed) {
            throw new PortException("the driver of " + config.url() + " is closed");
        }
        if (!Files.exists(Path.of(config.url()))) {
            throw PortException.cannotOpen(config.url(), PortFailure.NO_SUCH_FILE);
        }
        PortProcess running = process;
        if (running == null || !running.isAlive()) {
            if (running != null) {
                context.log().warn("the process that held {} had ended; starting another", config.url());
            }
            running = PortProcess.start(this::onNews);
            process = running;
        }
        uses++;
        return running;
    }

    private synchronized void unuse() {
        uses--;
        if (uses == 0 && !closed) {
            int before = sockets;
            context.vertx()
                    .setTimer(
                            IDLE.toMillis(),
                            id -> context.blocking(() -> {
                                endIfIdleSince(before);
                                return null;
                            }));
        }
    }

    /** A process that nobody uses costs memory for nothing. */
    private void endIfIdleSince(int before) {
        PortProcess idle;
        synchronized (this) {
            if (uses > 0 || sockets != before || closed) {
                return;
            }
            idle = process;
            process = null;
        }
        if (idle != null) {
            idle.close();
        }
    }

    /** A name for a socket that only this user can reach, from its birth on. */
    private synchronized Path socket() throws IOException {
        Path parent = directory;
        if (parent == null) {
            parent = Files.createTempDirectory("rigbus-serial");
            directory = parent;
        }
        sockets++;
        return parent.resolve(Integer.toString(sockets));
    }

    /** True while a port that vanished has not returned. */
    boolean isWaiting() {
        return waiting;
    }

    private void onNews(int news) {
        waiting = news == PortHost.VANISHED;
        if (waiting) {
            context.log()
                    .warn(
                            "{} vanished; waiting {} s for its return",
                            config.url(),
                            config.reopen().toSeconds());
        } else {
            context.log().info("{} is back", config.url());
        }
    }
}
