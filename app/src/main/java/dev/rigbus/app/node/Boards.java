package dev.rigbus.app.node;

import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.driver.Problem;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.kernel.LeasedExporter;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.NodeSpec;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.OwnExporter;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Exporter.Device;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The exporters whose drivers run on this node. */
final class Boards {
    /** A driver may have to wake a device up. */
    private static final Duration START = Duration.ofSeconds(60);

    /** What its hook may take on top. */
    private static final Duration STOP = Duration.ofSeconds(20);

    private static final Logger log = LoggerFactory.getLogger(Boards.class);
    private static final long AGAIN_MILLIS = 2000;

    private final Vertx vertx;
    private final String node;
    private final LabWriter writer;
    private final Authorities authorities;
    private final Supplier<Instant> now;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Map<ObjectName, LeasedExporter> running = new ConcurrentHashMap<>();

    Boards(Vertx vertx, String node, LabWriter writer, Authorities authorities, Supplier<Instant> now) {
        this.vertx = vertx;
        this.node = node;
        this.writer = writer;
        this.authorities = authorities;
        this.now = now;
    }

    private static ObjectName name(NodeConfig.Board board) {
        return new ObjectName(board.namespace(), board.file().spec().name());
    }

    /**
     * Starts one, and makes it known to the lab. One with drivers on other hosts starts when those are there, and nobody waits for that:
     * they may wait for this node.
     */
    void start(NodeConfig.Board board, DriverCatalog catalog, Parts parts) throws NodeException, InterruptedException {
        ObjectName name = name(board);
        String what = "exporter " + name.name();
        List<Problem> problems = dev.rigbus.kernel.Exporter.check(board.file().spec(), catalog);
        if (!problems.isEmpty()) {
            StringBuilder text = new StringBuilder(what + " cannot start:");
            board.file()
                    .faultsWith(problems)
                    .forEach(fault -> text.append("\n  ").append(fault));
            throw new NodeException(text.toString(), new SettingsException(problems));
        }
        Duration hook = board.file().spec().afterLease() == null
                ? Duration.ZERO
                : board.file().spec().afterLease().timeout();
        parts.add(what, STOP.plus(hook), () -> {
            stopping.set(true);
            LeasedExporter exporter = running.get(name);
            return exporter == null ? Future.succeededFuture() : exporter.stop();
        });
        if (isSpread(board.file().spec().export().values())) {
            // Meanwhile whoever looks for it finds it, offline.
            Parts.await(what, known(name, board.labels(), null), START);
            startWhenHostsAreThere(board, catalog, "");
        } else {
            Parts.await(what, launch(board, catalog), START);
        }
    }

    private static boolean isSpread(Collection<NodeSpec> nodes) {
        return nodes.stream()
                .anyMatch(node -> node.where().isGiven()
                        || isSpread(NodeSpec.children(node).values()));
    }

    private void startWhenHostsAreThere(NodeConfig.Board board, DriverCatalog catalog, String told) {
        launch(board, catalog).onFailure(cause -> {
            String why = String.valueOf(cause.getMessage());
            if (!why.equals(told)) {
                log.atWarn().addKeyValue("exporter", name(board)).log("cannot start yet, and is tried again: {}", why);
            }
            if (!stopping.get()) {
                vertx.timer(AGAIN_MILLIS, TimeUnit.MILLISECONDS).onSuccess(v -> {
                    if (!stopping.get()) {
                        startWhenHostsAreThere(board, catalog, why);
                    }
                });
            }
        });
    }

    private Future<Void> launch(NodeConfig.Board board, DriverCatalog catalog) {
        ObjectName name = name(board);
        return LeasedExporter.start(vertx, board.file().spec(), catalog).compose(exporter -> {
            running.put(name, exporter);
            if (stopping.get()) {
                return exporter.stop();
            }
            List<Device> devices = exporter.report().getReportsList().stream()
                    .map(Boards::device)
                    .toList();
            return known(name, board.labels(), devices)
                    .compose(known -> authorities.add(name, new Led(exporter, stopping)))
                    .recover(cause -> {
                        running.remove(name);
                        return exporter.stop().transform(v -> Future.failedFuture(cause));
                    });
        });
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
    Map<String, CallHandler> handlers(ObjectName exporter, String lease, long fence) {
        LeasedExporter found = running.get(exporter);
        return found == null ? null : found.handlers(lease, fence);
    }

    /** Completes when the client of a lease loses it. */
    Future<Void> over(ObjectName exporter, String lease, long fence) {
        LeasedExporter found = running.get(exporter);
        return found == null ? Future.succeededFuture() : found.over(lease, fence);
    }

    /** An exporter of this node, as its authority sees it. */
    private record Led(LeasedExporter exporter, AtomicBoolean stopping) implements OwnExporter {
        @Override
        public Future<?> begin(String lease, String client, long fence) {
            return exporter.begin(lease, client, fence);
        }

        @Override
        public Future<?> transfer(String client) {
            return exporter.transfer(client);
        }

        @Override
        public Future<?> end(String reason) {
            return exporter.end(reason);
        }

        @Override
        public void report(Reports to) {
            exporter.listen((status, releaseWanted) -> {
                // A node that stops will come again, and the lease goes on then.
                boolean released = releaseWanted && !stopping.get();
                to.status(status.status(), status.message(), released ? status.fence() : 0);
            });
            to.status(exporter.status().status(), exporter.status().message(), 0);
        }
    }
}
