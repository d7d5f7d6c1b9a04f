package dev.rigbus.junit;

import dev.rigbus.client.CallException;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.lease.Lease;
import dev.rigbus.client.lease.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/** A board for one or more test classes, from the connection to its end. */
@SuppressWarnings("deprecation") // what JUnit 6 has in its place is not in all of JUnit 5
final class Bench implements CloseableResource, AutoCloseable {
    private static final int MOST_LINES = 200;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final ExporterClient client;
    private final @Nullable Leases lab;
    private final @Nullable Lease lease;
    private final Semaphore turn = new Semaphore(1, true);
    private final Record record = new Record();
    private final Deque<String> log = new ArrayDeque<>();
    private final LogStream stream;
    private volatile boolean closed;

    private Bench(ExporterClient client, @Nullable Leases lab, @Nullable Lease lease) {
        this.client = client;
        this.lab = lab;
        this.lease = lease;
        this.stream = client.logStream();
        Thread reader = new Thread(this::readLog, "exporter-log");
        reader.setDaemon(true);
        reader.start();
    }

    /** Connects, and leases if need be; fails with the reason for people. */
    static Bench open(BoardSpec spec) {
        Map<String, String> environment = System.getenv();
        Properties properties = System.getProperties();
        try {
            if (spec.address() != null) {
                return new Bench(ExporterClient.connect(spec.direct(), spec.options(environment)), null, null);
            }
            return leased(spec, Leases.connect(spec.access(environment, properties)));
        } catch (IOException e) {
            throw new IllegalStateException("no board for this test: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + spec, e);
        }
    }

    private static Bench leased(BoardSpec spec, Leases lab) throws IOException, InterruptedException {
        try {
            Lease lease = lab.acquire(spec.request());
            try {
                return new Bench(lease.connect(), lab, lease);
            } catch (IOException | RuntimeException e) {
                lease.close();
                throw e;
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private void readLog() {
        try {
            while (!closed) {
                try {
                    LogStream.Entry entry = stream.next(POLL);
                    if (entry == null) {
                        return;
                    }
                    synchronized (log) {
                        log.add(entry.severity() + " " + entry.message());
                        if (log.size() > MOST_LINES) {
                            log.remove();
                        }
                    }
                } catch (TimeoutException e) {
                    // Nothing is said.
                }
            }
        } catch (CallException e) {
            // The connection is gone, which the test notices.
        }
    }

    void take() throws InterruptedException {
        turn.acquire();
    }

    void giveBack() {
        turn.release();
    }

    void next() {
        record.next();
        synchronized (log) {
            log.clear();
        }
    }

    /** What a test has asked for. */
    Object device(String path, Class<?> type) {
        if (type == ExporterClient.class) {
            return client;
        }
        if (type == Lease.class) {
            if (lease == null) {
                throw new IllegalArgumentException("this board is not leased");
            }
            return lease;
        }
        String found = path.isEmpty() ? onlyOne(type) : path;
        DriverNode node = found.isEmpty() ? client.root() : client.driver(found);
        if (type == DriverNode.class) {
            // With all that is below it, which nobody watches.
            return node;
        }
        return record.of(found, node).as(type);
    }

    private String onlyOne(Class<?> type) {
        List<String> fitting = new ArrayList<>();
        search(client.root(), "", type, fitting);
        if (fitting.size() != 1) {
            throw new IllegalArgumentException((fitting.isEmpty() ? "no device" : "several devices") + " of this board "
                    + (fitting.isEmpty() ? "is a " : "are each a ") + type.getSimpleName()
                    + (fitting.isEmpty()
                            ? ""
                            : ": " + String.join(", ", fitting) + " (expected: its name in @Device)"));
        }
        return fitting.get(0);
    }

    private static void search(DriverNode node, String path, Class<?> type, List<String> found) {
        node.children().forEach((name, child) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            if (type.isInstance(child.client())) {
                found.add(at);
            }
            search(child, at, type, found);
        });
    }

    /** How the board is, for a failed test. */
    String state() {
        StringBuilder text = new StringBuilder("the board when this failed");
        if (lease != null) {
            text.append("\nexporter: ")
                    .append(lease.exporter())
                    .append("\nlease: ")
                    .append(lease.name());
        }
        record.tell()
                .forEach((what, said) -> text.append('\n')
                        .append(what)
                        .append(": ")
                        .append(said.contains("\n") ? "\n  | " + said.strip().replace("\n", "\n  | ") : said));
        synchronized (log) {
            if (!log.isEmpty()) {
                text.append("\nexporter's log:\n  | ").append(String.join("\n  | ", log));
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        stream.close();
        client.close();
        if (lease != null) {
            lease.close();
        }
        if (lab != null) {
            lab.close();
        }
    }
}
