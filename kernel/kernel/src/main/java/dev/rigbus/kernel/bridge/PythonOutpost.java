package dev.rigbus.kernel.bridge;

import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.host.DriverVerticle;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts.Place;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.LogSource;
import dev.rigbus.wire.LogStreamResponse;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The Python drivers of one exporter, in one process, which is started again when it ends. The verticles stay; while there is no process,
 * they answer UNAVAILABLE.
 */
final class PythonOutpost implements Outpost {
    /** Finds, or makes, the interpreter that has the drivers. Blocks. */
    @FunctionalInterface
    interface Interpreter {
        Path find() throws IOException, InterruptedException;
    }

    private static final Logger log = LoggerFactory.getLogger("driver.python");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Who has lived for so long did not end of its start. */
    private static final Duration SOUND = Duration.ofSeconds(60);

    private final Place place;
    private final Interpreter interpreter;
    private final EventLoop loop;
    private final List<Post> posts = new ArrayList<>();
    private final List<String> deployed = new ArrayList<>();
    private @Nullable Future<List<DriverInstanceReport>> started;
    private @Nullable Future<Void> stopped;
    private @Nullable Path room;
    private @Nullable PythonProcess process;
    private volatile @Nullable PythonSession session;
    private volatile boolean stopping;
    private Duration pause = FIRST_PAUSE;
    private long renewed = -1;
    private Future<?> renewal = Future.succeededFuture();

    PythonOutpost(Place place, Interpreter interpreter) {
        this.place = place;
        this.interpreter = interpreter;
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
            started = blocking(this::launch)
                    .compose(made -> made.report(loop))
                    .map(PythonOutpost::distinct)
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

    /** Starts a process; once it answers calls go there. */
    private PythonSession launch() throws IOException, InterruptedException {
        Path folder = room == null ? PythonProcess.room() : room;
        room = folder;
        Path socket = folder.resolve("socket");
        java.nio.file.Files.deleteIfExists(socket);
        PythonProcess running = PythonProcess.start(interpreter.find(), order(socket), this::printed);
        Instant since = Instant.now();
        if (stopping) {
            running.stop();
            throw new IOException("the exporter has been stopped meanwhile");
        }
        PythonSession made = new PythonSession(loops(), socket);
        process = running;
        session = made;
        running.onExit().thenAccept(ended -> ended(ended.exitValue(), made, since));
        made.log(loop, this::logged);
        return made;
    }

    private JsonObject order(Path socket) {
        JsonArray all = new JsonArray();
        for (Post post : posts) {
            JsonObject children = new JsonObject();
            post.children().forEach((name, uuid) -> children.put(name, uuid.toString()));
            DriverSpec driver = post.node() instanceof DriverSpec spec ? spec : null;
            all.add(new JsonObject()
                    .put("path", post.path())
                    .put("uuid", post.uuid().toString())
                    .put("type", driver == null ? null : driver.type())
                    .put("config", new JsonObject(new LinkedHashMap<>(driver == null ? Map.of() : driver.config())))
                    .put("description", post.node().description())
                    .put(
                            "methods",
                            new JsonObject(
                                    new LinkedHashMap<>(driver == null ? Map.of() : driver.methodDescriptions())))
                    .put("children", children));
        }
        return new JsonObject()
                .put("socket", socket.toString())
                .put("uuid", UUID.randomUUID().toString())
                .put("posts", all);
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
    private static List<DriverInstanceReport> distinct(GetReportResponse report) {
        Set<String> seen = new HashSet<>();
        return report.getReportsList().stream()
                .skip(1) // what holds them together here is none of the exporter's
                .filter(each -> seen.add(each.getUuid()))
                .toList();
    }

    private Future<List<DriverInstanceReport>> deploy(List<DriverInstanceReport> reports) {
        Set<String> elsewhere = new HashSet<>();
        posts.forEach(post -> post.children().values().forEach(uuid -> elsewhere.add(uuid.toString())));
        posts.forEach(post -> elsewhere.remove(post.uuid().toString()));
        Future<?> all = Future.succeededFuture();
        for (DriverInstanceReport report : reports) {
            if (!elsewhere.contains(report.getUuid())) {
                UUID uuid = UUID.fromString(report.getUuid());
                DriverVerticle verticle = new DriverVerticle(
                        uuid,
                        place.pickups(),
                        (home, context) -> new BridgedDriver(uuid, this, place.pickups(), home, context));
                all = all.compose(v -> place.vertx().deployVerticle(verticle)).onSuccess(deployed::add);
            }
        }
        return all.map(reports);
    }

    /** Where calls go now; fails while there is no process. */
    Future<PythonSession> session() {
        PythonSession now = session;
        return now == null ? Future.failedFuture(new StatusException(PythonSession.GONE)) : Future.succeededFuture(now);
    }

    /** Makes all drivers as new, once for each session of the exporter. */
    synchronized Future<?> renew(long fence, EventLoop asking) {
        if (fence != renewed) {
            renewed = fence;
            renewal = session().compose(now -> now.reset(asking));
        }
        return renewal;
    }

    private void ended(int code, PythonSession was, Instant since) {
        was.close();
        if (session == was) {
            session = null;
        }
        if (stopping) {
            return;
        }
        boolean sound = Duration.between(since, Instant.now()).compareTo(SOUND) > 0;
        again("the process of the Python drivers has ended (exit " + code + ")", sound ? FIRST_PAUSE : pause);
    }

    private void again(String why, Duration after) {
        log.atWarn()
                .addKeyValue("exporter", place.exporter().name())
                .log("{}; it is started again in {} ms", why, after.toMillis());
        Duration twice = after.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
        place.vertx().setTimer(after.toMillis(), timer -> {
            if (!stopping) {
                blocking(this::launch)
                        .onFailure(cause -> again("the Python drivers do not start: " + cause.getMessage(), pause));
            }
        });
    }

    @Override
    public synchronized Future<Void> stop() {
        if (stopped == null) {
            stopping = true;
            Future<?> all = Future.succeededFuture();
            for (String id : deployed) {
                all = all.compose(v -> place.vertx().undeploy(id)).otherwiseEmpty();
            }
            stopped = all.compose(v -> blocking(this::end)).mapEmpty();
        }
        return stopped;
    }

    private @Nullable Void end() throws IOException {
        PythonSession now = session;
        if (now != null) {
            now.close();
        }
        if (process != null) {
            process.stop();
        }
        PythonProcess.leave(room);
        return null;
    }
}
