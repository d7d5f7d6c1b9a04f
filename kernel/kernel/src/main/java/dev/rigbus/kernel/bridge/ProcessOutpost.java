package dev.rigbus.kernel.bridge;

import dev.rigbus.driver.DriverType;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.host.DriverVerticle;
import dev.rigbus.kernel.host.Trial;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts.Place;
import dev.rigbus.kernel.tree.Posts;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.LogSource;
import dev.rigbus.wire.LogStreamResponse;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Drivers of one exporter that run in one other process of this host, which is started again when it ends. The verticles stay; while there is
 * no process, they answer UNAVAILABLE.
 */
final class ProcessOutpost implements Outpost {
    private static final Logger log = LoggerFactory.getLogger("driver.process");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Who has lived for so long did not end of its start. */
    private static final Duration SOUND = Duration.ofSeconds(60);

    private final Place place;
    private final EventLoop loop;
    private final List<Post> posts = new ArrayList<>();
    private final List<String> deployed = new ArrayList<>();
    private final Set<Running> all = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sockets = new AtomicInteger();
    private @Nullable Future<List<DriverInstanceReport>> started;
    private @Nullable Future<Void> stopped;
    private @Nullable Path room;
    private volatile Launcher launcher;
    private volatile @Nullable Running serving;
    private volatile @Nullable Trial trial;
    private volatile boolean stopping;
    private Duration pause = FIRST_PAUSE;
    private long renewed = -1;
    private Future<?> renewal = Future.succeededFuture();

    /** A process and the way to it; compared by identity. */
    private static final class Running {
        private final ChildProcess process;
        private final ChildSession session;

        Running(ChildProcess process, ChildSession session) {
            this.process = process;
            this.session = session;
        }

        /** Blocks until nothing is left of it. */
        void stop() {
            session.close();
            process.stop();
        }
    }

    ProcessOutpost(Place place, Launcher launcher) {
        this.place = place;
        this.launcher = launcher;
        this.loop = loops().next();
    }

    private EventLoopGroup loops() {
        return ((VertxInternal) place.vertx()).nettyEventLoopGroup();
    }

    @Override
    public void add(Post post) {
        posts.add(post);
    }

    @Override
    public synchronized Future<List<DriverInstanceReport>> start() {
        if (started == null) {
            started = blocking(() -> serve(launch(launcher, false)))
                    .compose(this::reports)
                    .compose(this::deploy)
                    // Who does not start is not stopped by anybody either.
                    .recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
        }
        return started;
    }

    private <T> Future<T> blocking(Callable<T> task) {
        Promise<T> done = Promise.promise();
        place.threads().execute(() -> {
            try {
                done.complete(task.call());
            } catch (Exception e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    /** @param successor whether the drivers run in another process, too */
    private Running launch(Launcher by, boolean successor) throws IOException, InterruptedException {
        Path socket = room().resolve("socket-" + sockets.incrementAndGet());
        JsonObject order = Posts.toJson(place.exporter(), posts)
                .put("socket", socket.toString())
                .put("uuid", UUID.randomUUID().toString())
                .put("successor", successor);
        Running made = new Running(by.launch(order, this::printed), new ChildSession(loops(), socket));
        all.add(made);
        if (stopping) {
            forget(made);
            throw new IOException("the exporter has been stopped meanwhile");
        }
        Instant since = Instant.now();
        made.process.onExit().thenAccept(ended -> ended(ended.exitValue(), made, since));
        made.session.log(loop, this::logged);
        return made;
    }

    /** A folder for sockets that nobody else can look into. */
    private synchronized Path room() throws IOException {
        Path known = room == null ? Files.createTempDirectory("rigbus-drivers-") : room;
        room = known;
        return known;
    }

    /** Calls go there from now on. */
    private Running serve(Running made) {
        serving = made;
        // One that ended before it served was nobody's loss then.
        if (!made.process.isAlive() && lose(made)) {
            again("the process of " + launcher.what() + " has ended", pause);
        }
        return made;
    }

    /** Whether a process that has ended was the one that served, and nobody has noticed yet. */
    private synchronized boolean lose(Running gone) {
        boolean served = serving == gone && !stopping;
        serving = served ? null : serving;
        return served;
    }

    private void forget(Running gone) {
        if (all.remove(gone)) {
            gone.stop();
        }
    }

    private void printed(String line) {
        log.atInfo().addKeyValue("exporter", place.exporter().name()).log(line);
    }

    private void logged(LogStreamResponse line) {
        boolean driver = !line.hasSource() || line.getSource() == LogSource.LOG_SOURCE_DRIVER;
        place.logs()
                .add(new LogEntry(
                        Instant.now(),
                        line.getSeverity(),
                        line.getMessage(),
                        driver ? LogEntry.Source.DRIVER : LogEntry.Source.SYSTEM));
        Level level = switch (line.getSeverity()) {
            case "DEBUG" -> Level.DEBUG;
            case "INFO" -> Level.INFO;
            case "WARNING" -> Level.WARN;
            default -> Level.ERROR;
        };
        log.atLevel(level).addKeyValue("exporter", place.exporter().name()).log(line.getMessage());
    }

    /** A driver that two names lead to is told of once. */
    private Future<List<DriverInstanceReport>> reports(Running of) {
        return of.session.report(loop).map(report -> {
            Set<String> seen = new HashSet<>();
            return report.getReportsList().stream()
                    .skip(1) // what holds them together there is none of the exporter's
                    .filter(each -> seen.add(each.getUuid()))
                    .toList();
        });
    }

    private Future<List<DriverInstanceReport>> deploy(List<DriverInstanceReport> reports) {
        Set<String> elsewhere = new HashSet<>();
        posts.forEach(post -> post.children().values().forEach(uuid -> elsewhere.add(uuid.toString())));
        posts.forEach(post -> elsewhere.remove(post.uuid().toString()));
        Future<?> done = Future.succeededFuture();
        for (DriverInstanceReport report : reports) {
            if (!elsewhere.contains(report.getUuid())) {
                UUID uuid = UUID.fromString(report.getUuid());
                DriverVerticle verticle = new DriverVerticle(
                        uuid,
                        place.pickups(),
                        (home, context) -> new BridgedDriver(uuid, this, place.pickups(), home, context));
                done = done.compose(v -> place.vertx().deployVerticle(verticle)).onSuccess(deployed::add);
            }
        }
        return done.map(reports);
    }

    /** Where calls go now; fails while there is no process. */
    Future<ChildSession> session() {
        Running now = serving;
        return now == null
                ? Future.failedFuture(new StatusException(ChildSession.GONE))
                : Future.succeededFuture(now.session);
    }

    /** Counts how a call ends that the first time of new drivers is judged by. */
    <T> Future<T> tried(Future<T> call) {
        Trial under = trial;
        if (under != null) {
            if (under.isOver()) {
                trial = null;
            } else {
                call.onComplete(ended -> under.ended(ended.cause()));
            }
        }
        return call;
    }

    /** Makes all drivers as new, once for each session of the exporter. */
    synchronized Future<?> renew(long fence, EventLoop asking) {
        if (fence != renewed) {
            renewed = fence;
            renewal = session().compose(now -> now.reset(asking));
        }
        return renewal;
    }

    private void ended(int code, Running was, Instant since) {
        was.session.close();
        all.remove(was);
        if (!lose(was)) {
            return;
        }
        boolean sound = Duration.between(since, Instant.now()).compareTo(SOUND) > 0;
        again("the process of " + launcher.what() + " has ended (exit " + code + ")", sound ? FIRST_PAUSE : pause);
    }

    private void again(String why, Duration after) {
        log.atWarn()
                .addKeyValue("exporter", place.exporter().name())
                .log("{}; it is started again in {} ms", why, after.toMillis());
        Duration twice = after.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
        place.vertx().setTimer(after.toMillis(), timer -> {
            // Another version may serve by now.
            if (!stopping && serving == null) {
                blocking(() -> serve(launch(launcher, false)))
                        .onFailure(cause -> again(launcher.what() + " do not start: " + cause.getMessage(), pause));
            }
        });
    }

    @Override
    public boolean isStale(Map<String, DriverType<?>> types) {
        return launcher.with(types) != null;
    }

    @Override
    public Future<Next> prepare(Map<String, DriverType<?>> types) {
        Launcher other = Objects.requireNonNull(launcher.with(types));
        return blocking(() -> launch(other, true))
                .compose(made -> Objects.requireNonNull(started)
                        .compose(told -> reports(made).compose(reports -> alike(told, reports)))
                        .<Next>map(v -> new Successor(made, other))
                        .recover(cause -> blocking(() -> {
                                    forget(made);
                                    return null;
                                })
                                .transform(v -> Future.failedFuture(cause))));
    }

    /** Clients were told of these drivers, and are not told again. */
    private static Future<Void> alike(List<DriverInstanceReport> told, List<DriverInstanceReport> now) {
        return clients(told).equals(clients(now))
                ? Future.succeededFuture()
                : Future.failedFuture("the drivers that run apart would have other clients or children, which those"
                        + " that use them would not notice; take their exporter away for that");
    }

    private static Map<String, String> clients(List<DriverInstanceReport> reports) {
        Map<String, String> clients = new HashMap<>();
        reports.forEach(each -> clients.put(each.getUuid(), each.getLabelsOrDefault("jumpstarter.dev/client", "")));
        return clients;
    }

    private final class Successor implements Next {
        private final Running made;
        private final Launcher by;

        Successor(Running made, Launcher by) {
            this.made = made;
            this.by = by;
        }

        @Override
        public Future<Void> take(@Nullable Trial under, Duration linger) {
            Running old = serving;
            launcher = by;
            trial = under;
            serve(made);
            if (old != null) {
                old.session
                        .idle()
                        .timeout(linger.toMillis(), TimeUnit.MILLISECONDS)
                        .onComplete(done -> blocking(() -> {
                            forget(old);
                            return null;
                        }));
            }
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> drop() {
            return blocking(() -> {
                forget(made);
                return null;
            });
        }
    }

    @Override
    public synchronized Future<Void> stop() {
        if (stopped == null) {
            stopping = true;
            Future<?> done = Future.succeededFuture();
            for (String id : deployed) {
                done = done.compose(v -> place.vertx().undeploy(id)).otherwiseEmpty();
            }
            stopped = done.compose(v -> blocking(this::end)).mapEmpty();
        }
        return stopped;
    }

    private @Nullable Void end() throws IOException {
        List.copyOf(all).forEach(this::forget);
        Path left = room;
        if (left != null) {
            // A process that was killed has not taken its socket away.
            try (Stream<Path> files = Files.list(left)) {
                for (Path each : files.toList()) {
                    Files.deleteIfExists(each);
                }
            }
            Files.deleteIfExists(left);
        }
        return null;
    }
}
