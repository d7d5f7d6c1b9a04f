package dev.rigbus.client.lease;

import dev.rigbus.client.CallException;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.PortForward;
import dev.rigbus.client.SessionStatus.State;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exporter that is ours for a while. Connections to it go through the lab's router, which notices nothing of them. Closing it ends the session, lets
 * the after-lease hook run, and gives the exporter back.
 */
public final class Lease implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lease.class);
    private static final Duration HOOK = Duration.ofSeconds(300);
    private static final long LOOK_SECONDS = 5;
    /** A lease that is made longer is so well before its end. */
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final Leases lab;
    private final String name;
    private final String exporter;
    private final Map<String, String> labels;
    private final @Nullable LeaseGuard guard;
    private final @Nullable Duration renewal;
    private final Path room;
    private final PortForward socket;
    private final Promise<String> over = Promise.promise();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile LeaseInfo last;

    private Lease(Leases lab, LeaseInfo info, @Nullable LeaseGuard guard, @Nullable Duration renewal)
            throws IOException {
        this.lab = lab;
        this.name = info.name();
        this.exporter = Objects.requireNonNullElse(info.exporter(), "");
        this.labels = lab.labels(exporter);
        this.guard = guard;
        this.renewal = renewal;
        this.last = info;
        // Only this user can look into it.
        this.room = Files.createTempDirectory("rigbus-lease-");
        this.socket = PortForward.unix(room.resolve("socket"), () -> lab.dial(name));
        Thread watcher = new Thread(this::watch, "rigbus-lease");
        watcher.setDaemon(true);
        watcher.start();
    }

    static Lease made(Leases lab, LeaseInfo info, LeaseGuard guard, @Nullable Duration renewal) throws IOException {
        return new Lease(lab, info, guard, renewal);
    }

    static Lease used(Leases lab, LeaseInfo info) throws IOException {
        return new Lease(lab, info, null, null);
    }

    private void watch() {
        try {
            while (!closing.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                try {
                    look();
                } catch (CallException e) {
                    log.atWarn().addKeyValue("lease", name).log("the lab does not answer: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        LeaseInfo now = lab.get(name);
        last = now;
        if (!now.state().equals(LeaseInfo.READY)) {
            over.tryComplete(now.reason().isEmpty() ? "the lease has ended" : now.reason());
            return;
        }
        Instant end = now.end();
        Instant begin = now.begin();
        if (renewal != null && begin != null && end != null) {
            Duration margin = renewal.dividedBy(2).compareTo(MARGIN) < 0 ? renewal.dividedBy(2) : MARGIN;
            Instant time = Instant.now();
            if (time.plus(margin).isAfter(end)) {
                last = lab.update(name, Duration.between(begin, time).plus(renewal));
            }
        }
    }

    public String name() {
        return name;
    }

    /** The name of the exporter. */
    public String exporter() {
        return exporter;
    }

    /** Those of the exporter. */
    public Map<String, String> labels() {
        return labels;
    }

    /** When it ends, as far as is known. */
    public @Nullable Instant end() {
        return last.end();
    }

    /** Completes with the reason when it ends by itself: its time is over, or somebody has given it back or to another. */
    public Future<String> over() {
        return over.future();
    }

    /** A Unix socket behind which the exporter is; each connection is one through the router. */
    public Path socket() {
        return Path.of(socket.address());
    }

    /** Connects to the exporter, and waits until its before-lease hook has run. */
    public ExporterClient connect() throws IOException {
        ExporterClient client = ExporterClient.connect(
                new ExporterAddress.Unix(socket()), ClientOptions.plaintext().withTimeout(Duration.ofSeconds(60)));
        try {
            var status = client.waitForStatus(
                    Set.of(State.LEASE_READY, State.BEFORE_LEASE_HOOK_FAILED, State.OFFLINE), HOOK);
            if (status.state() != State.LEASE_READY) {
                throw new LeaseException("exporter " + exporter + " is not ready: "
                        + (status.message().isEmpty() ? status.state() : status.message()));
            }
            return client;
        } catch (TimeoutException e) {
            client.close();
            throw new LeaseException("exporter " + exporter + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** What programs find the exporter by: for those that speak to it in other languages, as {@code j} and pytest do. */
    public Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("JUMPSTARTER_HOST", socket.address());
        environment.put("JMP_DRIVERS_ALLOW", lab.access().drivers());
        environment.put("_JMP_SUPPRESS_DRIVER_WARNINGS", "1");
        environment.put("JMP_EXPORTER", exporter);
        environment.put("JMP_LEASE", name);
        if (!labels.isEmpty()) {
            environment.put(
                    "JMP_EXPORTER_LABELS",
                    new TreeMap<>(labels)
                            .entrySet().stream()
                                    .map(each -> each.getKey() + "=" + each.getValue())
                                    .collect(Collectors.joining(",")));
        }
        return environment;
    }

    /**
     * Ends the session of a lease that was made here, and waits until the after-lease hook has run. {@link #close()} does so too; this tells how it went.
     *
     * @return what is to be said of it; empty when all is well
     */
    public String endSession() {
        if (guard == null || over.future().isComplete() || !ended.compareAndSet(false, true)) {
            return "";
        }
        try (ExporterClient client =
                ExporterClient.connect(new ExporterAddress.Unix(socket()), ClientOptions.plaintext())) {
            State now = client.status().state();
            if (now != State.LEASE_READY && now != State.AFTER_LEASE_HOOK || !client.endSession()) {
                return "";
            }
            var ended = client.waitForStatus(Set.of(State.AVAILABLE, State.AFTER_LEASE_HOOK_FAILED), HOOK);
            return ended.state() == State.AFTER_LEASE_HOOK_FAILED ? ended.message() : "";
        } catch (IOException | TimeoutException | RuntimeException e) {
            // An exporter that is gone has nothing to end.
            log.atDebug().addKeyValue("lease", name).log("the session was not ended: {}", e.getMessage());
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        if (closing.getCount() == 0) {
            return;
        }
        String failed = endSession();
        closing.countDown();
        try {
            if (guard != null) {
                lab.release(name);
                guard.done();
            }
        } finally {
            socket.close();
            Files.deleteIfExists(room);
        }
        if (!failed.isEmpty()) {
            log.atWarn().addKeyValue("lease", name).log("the after-lease hook failed: {}", failed);
        }
    }
}
