package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.DriverContext;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The ports of one driver. Their process is started when one is needed, and again after it died. */
final class PortClient {
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final SerialConfig config;
    private final DriverContext context;
    private final Map<PortProcess, Integer> uses = new HashMap<>();
    private @Nullable PortProcess process;
    private @Nullable Path directory;
    private int sockets;
    private boolean closed;
    private long idleTimer = -1;
    private volatile boolean waiting;

    /** A port that is open in a process. */
    record Port(PortProcess process, int number) {}

    /**
     * @param port absent for what is no port
     * @param release tells the other side that the stream is over; complete when the port is free
     */
    record Opened(ByteStream stream, @Nullable Port port, Supplier<Future<Void>> release) {
        static Opened plain(ByteStream stream) {
            return new Opened(stream, null, Future::succeededFuture);
        }
    }

    PortClient(SerialConfig config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    Future<Opened> open() {
        return context.blocking(this::openPort)
                .compose(made -> context.transports()
                        .unix(made.socket())
                        .map(stream -> opened(stream, made.port()))
                        .recover(cause -> release(made.port()).compose(nothing -> Future.failedFuture(cause))));
    }

    private Opened opened(ByteStream stream, Port port) {
        return new Opened(stream, port, () -> release(port));
    }

    Future<Void> setLine(String line, boolean value) {
        return context.blocking(() -> {
            PortProcess used = use();
            try {
                used.setLine(config, line, value);
                return null;
            } finally {
                unuse(used);
            }
        });
    }

    Future<Void> close() {
        return context.blocking(() -> {
            List<PortProcess> last;
            Path sockets;
            synchronized (this) {
                closed = true;
                context.vertx().cancelTimer(idleTimer);
                last = List.copyOf(uses.keySet());
                sockets = directory;
            }
            last.forEach(PortProcess::close);
            if (sockets != null) {
                delete(sockets);
            }
            return null;
        });
    }

    /**
     * Lets go of the processes of some ports, which go on without this; blocks.
     *
     * @return the number of the last request to each
     */
    Map<PortProcess, Integer> detach(Collection<PortProcess> all) throws IOException {
        synchronized (this) {
            context.vertx().cancelTimer(idleTimer);
            uses.keySet().removeAll(all);
            if (all.contains(process)) {
                process = null;
            }
        }
        Map<PortProcess, Integer> numbers = new LinkedHashMap<>();
        for (PortProcess each : all) {
            numbers.put(each, each.detach());
        }
        return numbers;
    }

    /** Takes on a process that somebody else has detached. */
    synchronized PortProcess adopt(Process running, int lastNumber) {
        PortProcess adopted = PortProcess.adopt(running, lastNumber, this::onNews);
        uses.put(adopted, 0);
        if (process == null) {
            process = adopted;
        }
        return adopted;
    }

    /** Takes on a port of such a process. */
    synchronized Opened adopt(ByteStream stream, PortProcess adopted, int number) {
        uses.merge(adopted, 1, Integer::sum);
        return opened(stream, new Port(adopted, number));
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

    private record MadePort(Port port, Path socket) {}

    private MadePort openPort() throws IOException {
        try {
            return tryOpen();
        } catch (PortException.Ended crashedBefore) {
            // It may have ended long ago, and the first to ask finds out.
            return tryOpen();
        }
    }

    private MadePort tryOpen() throws IOException {
        PortProcess used = use();
        try {
            Path socket = socket();
            return new MadePort(new Port(used, used.open(config, socket)), socket);
        } catch (IOException e) {
            unuse(used);
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
                unuse(port.process());
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
        uses.merge(running, 1, Integer::sum);
        return running;
    }

    private void unuse(PortProcess used) {
        synchronized (this) {
            Integer left = uses.computeIfPresent(used, (each, count) -> count - 1);
            if (left == null || left > 0 || closed) {
                return;
            }
            if (used == process) {
                int before = sockets;
                context.vertx().cancelTimer(idleTimer);
                idleTimer = context.vertx()
                        .setTimer(
                                IDLE.toMillis(),
                                id -> context.blocking(() -> {
                                    endIfIdleSince(before);
                                    return null;
                                }));
                return;
            }
            uses.remove(used);
        }
        used.close();
    }

    /** A process that nobody uses costs memory for nothing. */
    private void endIfIdleSince(int before) {
        PortProcess idle;
        synchronized (this) {
            idle = process;
            if (idle == null || uses.getOrDefault(idle, 0) > 0 || sockets != before || closed) {
                return;
            }
            uses.remove(idle);
            process = null;
        }
        idle.close();
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
