package dev.rigbus.app.node;

import dev.rigbus.app.config.Fault;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.LeasedExporter;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Exporter.Device;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exporters whose drivers run on this node. They come, change and go while it runs: none that is leased is touched before its lease is
 * over, and whatever fails leaves what was there. Safe to use from any thread.
 */
final class Boards {
    /** What became of the wish for an exporter. */
    enum Outcome {
        CREATED,
        REPLACED,
        UNCHANGED,
        /** It is replaced when its lease is over. */
        LATER
    }

    /** Where the configuration of an exporter comes from. Only there it can be changed. */
    enum Source {
        /** The node's own file. */
        FILE,
        /** What was applied from afar. */
        RECORDS
    }

    private static final Logger log = LoggerFactory.getLogger(Boards.class);

    /** A driver may have to wake a device up. */
    private static final Duration START = Duration.ofSeconds(60);

    /** What its hook may take on top. */
    private static final Duration STOP = Duration.ofSeconds(20);

    /** Most drivers are there long before; who comes to the node then finds its boards. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long AGAIN_MILLIS = 2000;

    private final Vertx vertx;
    private final Context home;
    private final String node;
    private final LabWriter writer;
    private final Authorities authorities;
    private final Supplier<Instant> now;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Map<ObjectName, Place> places = new ConcurrentHashMap<>();
    private final Map<ObjectName, Seat> seats = new ConcurrentHashMap<>();
    private final Map<ObjectName, Future<?>> steps = new ConcurrentHashMap<>();
    private @Nullable DriverCatalog catalog;

    /** An exporter as it is wanted, and where that stands. */
    private record Place(NodeConfig.Board board, Source source) {}

    Boards(Vertx vertx, String node, LabWriter writer, Authorities authorities, Supplier<Instant> now) {
        this.vertx = vertx;
        this.home = ((VertxInternal) vertx).createEventLoopContext();
        this.node = node;
        this.writer = writer;
        this.authorities = authorities;
        this.now = now;
    }

    /** Has to come first: what exporters can be made of. */
    void use(DriverCatalog types) {
        catalog = types;
    }

    DriverCatalog catalog() {
        return Objects.requireNonNull(catalog);
    }

    static ObjectName name(NodeConfig.Board board) {
        return new ObjectName(board.namespace(), board.file().spec().name());
    }

    /** The exporters that come from there. */
    Set<ObjectName> of(Source source) {
        Set<ObjectName> names = new TreeSet<>();
        places.forEach((name, place) -> {
            if (place.source() == source) {
                names.add(name);
            }
        });
        return names;
    }

    /**
     * Starts those of the node's file, all at once, and makes them known to the lab. Whoever has a mistake in it keeps the node from starting. One
     * whose drivers do not start, or wait for other hosts, is tried again; it holds up the others for a moment at most.
     */
    void start(List<NodeConfig.Board> all, Parts parts) throws NodeException, InterruptedException {
        for (NodeConfig.Board board : all) {
            List<Fault> faults = board.file().check(catalog().awaitingTypes());
            if (!faults.isEmpty()) {
                StringBuilder text = new StringBuilder("exporter " + name(board).name() + " cannot start:");
                faults.forEach(fault -> text.append("\n  ").append(fault));
                throw new NodeException(text.toString(), new IllegalArgumentException("faults"));
            }
        }
        List<Future<Void>> attempts = new ArrayList<>();
        for (NodeConfig.Board board : all) {
            ObjectName name = name(board);
            String what = "exporter " + name.name();
            Duration hook = board.file().spec().afterLease() == null
                    ? Duration.ZERO
                    : board.file().spec().afterLease().timeout();
            parts.add(what, STOP.plus(hook), () -> stop(name));
            attempts.add(Parts.await(what, known(board, Source.FILE), START));
        }
        try {
            Parts.await("the exporters", Future.join(attempts).otherwiseEmpty(), PATIENCE);
        } catch (NodeException late) {
            log.info("some exporters take longer; the node serves without them for now");
        }
    }

    /** No more changes: the node stops. */
    private Future<?> stop(ObjectName name) {
        stopping.set(true);
        Seat seat = seats.get(name);
        LeasedExporter exporter = seat == null ? null : seat.exporter();
        return exporter == null ? Future.succeededFuture() : exporter.stop();
    }

    /** Stops all that have come since the node started. */
    Future<Void> close() {
        stopping.set(true);
        return Future.join(List.copyOf(seats.keySet()).stream().map(this::stop).toList())
                .mapEmpty();
    }

    /** One change of an exporter after the other. */
    private <T> Future<T> step(ObjectName name, Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        Future<?> before = steps.put(name, done.future());
        (before == null ? Future.succeededFuture() : before).onComplete(v -> {
            try {
                (stopping.get() ? Future.<T>failedFuture("the node stops") : task.get()).onComplete(done);
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    /** Wants an exporter as it is described, which must be without faults; fails, and leaves what was there, if it cannot start. */
    Future<Outcome> apply(NodeConfig.Board board, Source source) {
        ObjectName name = name(board);
        return step(name, () -> {
            Place before = places.get(name);
            if (before == null) {
                places.put(name, new Place(board, source));
                return launch(board).onFailure(cause -> places.remove(name)).map(Outcome.CREATED);
            }
            if (before.source() != source) {
                return Future.failedFuture(new StatusException(
                        Code.FAILED_PRECONDITION,
                        before.source() == Source.FILE
                                ? "exporter " + name.name() + " stands in the file of node " + node
                                        + "; change it there"
                                : "exporter " + name.name() + " has been applied; `rigbus delete exporter "
                                        + name.name() + "` takes it away"));
            }
            return isSame(before.board(), board)
                    ? Future.succeededFuture(Outcome.UNCHANGED)
                    : replace(name, before, new Place(board, source));
        });
    }

    private static boolean isSame(NodeConfig.Board one, NodeConfig.Board other) {
        return one.file().spec().equals(other.file().spec()) && one.labels().equals(other.labels());
    }

    private Future<Outcome> replace(ObjectName name, Place before, Place after) {
        Seat seat = seat(name);
        boolean held = seat.isHeld();
        places.put(name, after);
        Future<Void> replaced = seat.change(() -> swap(seat, before, after))
                // What was there before may never have started.
                .compose(v -> authorities.add(name, seat))
                .onFailure(cause -> {
                    places.replace(name, after, before);
                    log.atError()
                            .addKeyValue("exporter", name)
                            .log("goes on as it was, as its new configuration does not start: {}", cause.getMessage());
                })
                .onSuccess(v -> log.atInfo().addKeyValue("exporter", name).log("has been replaced"));
        return held ? Future.succeededFuture(Outcome.LATER) : replaced.map(Outcome.REPLACED);
    }

    private Future<@Nullable LeasedExporter> swap(Seat seat, Place before, Place after) {
        LeasedExporter old = seat.exporter();
        Future<?> stopped = old == null ? Future.succeededFuture() : old.stop();
        return stopped.compose(v -> made(after.board()))
                .recover(cause -> made(before.board()).transform(back -> {
                    // What was there sits there again, and whoever wanted something else hears why that is not so.
                    seat.change(() -> Future.succeededFuture(back.result()));
                    return Future.failedFuture(cause);
                }));
    }

    /** Starts the drivers, and tells the lab of them. */
    private Future<LeasedExporter> made(NodeConfig.Board board) {
        return onHome(() -> LeasedExporter.start(vertx, board.file().spec(), catalog()))
                .compose(exporter -> known(board, exporter)
                        .map(exporter)
                        .recover(cause -> exporter.stop().transform(v -> Future.failedFuture(cause))));
    }

    /** Not on the context of whoever asks: what is deployed there goes with that. */
    private <T> Future<T> onHome(Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        home.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    private Seat seat(ObjectName name) {
        return seats.computeIfAbsent(name, n -> new Seat(stopping::get));
    }

    private Future<Void> launch(NodeConfig.Board board) {
        ObjectName name = name(board);
        Seat seat = seat(name);
        return seat.change(() -> made(board)
                        .compose(exporter -> stopping.get()
                                ? exporter.stop().transform(v -> Future.failedFuture("the node stops"))
                                : Future.succeededFuture(exporter)))
                .compose(v -> authorities.add(name, seat));
    }

    /** Wants an exporter until it is taken away: one that does not start is tried again. Complete when it is known to the lab. */
    Future<Void> keep(NodeConfig.Board board, Source source) {
        return known(board, source).mapEmpty();
    }

    /** Gives the first attempt to start it. */
    private Future<Future<Void>> known(NodeConfig.Board board, Source source) {
        ObjectName name = name(board);
        Place place = new Place(board, source);
        if (places.putIfAbsent(name, place) != null) {
            return Future.failedFuture("there is an exporter of that name on this node already");
        }
        // Whoever looks for it finds it, offline.
        return known(board, (LeasedExporter) null)
                .onFailure(cause -> places.remove(name, place))
                .map(v -> attempt(name, place, ""));
    }

    private Future<Void> attempt(ObjectName name, Place place, String told) {
        return step(name, () -> places.get(name) == place ? launch(place.board()) : Future.succeededFuture())
                .onFailure(cause -> {
                    String why = String.valueOf(cause.getMessage());
                    if (!why.equals(told)) {
                        log.atWarn().addKeyValue("exporter", name).log("cannot start yet, and is tried again: {}", why);
                    }
                    if (!stopping.get()) {
                        vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(v -> attempt(name, place, why));
                    }
                });
    }

    /** Takes one away, when its lease is over; complete at once if it is leased. */
    Future<Outcome> remove(ObjectName name, Source source) {
        return step(name, () -> {
            Place before = places.get(name);
            if (before == null || before.source() != source) {
                return Future.succeededFuture(Outcome.UNCHANGED);
            }
            places.remove(name);
            Seat seat = seat(name);
            boolean held = seat.isHeld();
            Future<Void> gone = seat.change(() -> {
                LeasedExporter old = seat.exporter();
                return (old == null ? Future.succeededFuture() : old.stop())
                        .transform(v -> Future.succeededFuture((@Nullable LeasedExporter) null));
            });
            gone.onSuccess(v -> log.atInfo().addKeyValue("exporter", name).log("has been taken away"));
            return held ? Future.succeededFuture(Outcome.LATER) : gone.map(Outcome.REPLACED);
        });
    }

    private Future<Exporter> known(NodeConfig.Board board, @Nullable LeasedExporter exporter) {
        @Nullable
        List<Device> devices = exporter == null
                ? null
                : exporter.report().getReportsList().stream()
                        .map(Boards::device)
                        .toList();
        return known(name(board), board.labels(), devices);
    }

    /** @param devices absent for those that it had before */
    private Future<Exporter> known(ObjectName name, Map<String, String> labels, @Nullable List<Device> devices) {
        return writer.exporters().createOrUpdate(name, before -> {
            if (before != null && before.node() != null && !before.node().equals(node)) {
                throw new IllegalStateException("node " + before.node() + " has an exporter of that name;"
                        + " give this one another, or `rigbus admin delete exporter` the other");
            }
            return before == null
                    ? new Exporter(
                            name,
                            UUID.randomUUID().toString(),
                            labels,
                            null,
                            null,
                            true,
                            null,
                            devices == null ? List.of() : devices,
                            node,
                            now.get())
                    : new Exporter(
                            name,
                            before.uid(),
                            labels,
                            before.username(),
                            before.tokenId(),
                            before.enabled(),
                            before.maintenance(),
                            devices == null ? before.devices() : devices,
                            node,
                            before.created());
        });
    }

    private static Device device(DriverInstanceReport report) {
        return new Device(
                report.getUuid(),
                report.hasParentUuid() ? report.getParentUuid() : null,
                Map.copyOf(report.getLabelsMap()),
                report.hasDescription() ? report.getDescription() : null,
                Map.copyOf(report.getMethodsDescriptionMap()));
    }

    /** What is served to the client of a lease of a board that runs here; absent if there is no such board. */
    @Nullable
    CallHandlers handlers(ObjectName exporter, String lease, long fence) {
        LeasedExporter found = running(exporter);
        return found == null ? null : found.handlers(lease, fence);
    }

    /** Completes when the client of a lease loses it. */
    Future<Void> over(ObjectName exporter, String lease, long fence) {
        LeasedExporter found = running(exporter);
        return found == null ? Future.succeededFuture() : found.over(lease, fence);
    }

    private @Nullable LeasedExporter running(ObjectName exporter) {
        Seat seat = seats.get(exporter);
        return seat == null ? null : seat.exporter();
    }
}
