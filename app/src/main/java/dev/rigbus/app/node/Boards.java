package dev.rigbus.app.node;

import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.kernel.LeasedExporter;
import dev.rigbus.kernel.tree.DriverCatalog;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The exporters whose drivers run on this node. */
final class Boards {
    /** A driver may have to wake a device up. */
    private static final Duration START = Duration.ofSeconds(60);

    /** What its hook may take on top. */
    private static final Duration STOP = Duration.ofSeconds(20);

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

    /** Starts one, and makes it known to the lab. */
    void start(NodeConfig.Board board, DriverCatalog catalog, Parts parts) throws NodeException, InterruptedException {
        ObjectName name = new ObjectName(board.namespace(), board.file().spec().name());
        String what = "exporter " + name.name();
        LeasedExporter exporter;
        try {
            exporter =
                    Parts.await(what, LeasedExporter.start(vertx, board.file().spec(), catalog), START);
        } catch (NodeException e) {
            if (e.getCause() instanceof SettingsException settings) {
                StringBuilder text = new StringBuilder(what + " cannot start:");
                board.file()
                        .faultsWith(settings.problems())
                        .forEach(fault -> text.append("\n  ").append(fault));
                throw new NodeException(text.toString(), e);
            }
            throw e;
        }
        Duration hook = board.file().spec().afterLease() == null
                ? Duration.ZERO
                : board.file().spec().afterLease().timeout();
        parts.add(what, STOP.plus(hook), () -> {
            stopping.set(true);
            return exporter.stop();
        });
        running.put(name, exporter);
        Parts.await(what, known(name, board.labels(), exporter), START);
        Parts.await(what, authorities.add(name, new Led(exporter, stopping)), START);
    }

    private Future<Exporter> known(ObjectName name, Map<String, String> labels, LeasedExporter exporter) {
        List<Device> devices =
                exporter.report().getReportsList().stream().map(Boards::device).toList();
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
                            devices,
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
                            devices,
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
