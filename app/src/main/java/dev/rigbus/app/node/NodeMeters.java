package dev.rigbus.app.node;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.view.LabView;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/** The figures of a node and of what it sees of the lab, under the names that they are published by. */
final class NodeMeters {
    static final String MEMBERS = "rigbus.cluster.members";
    static final String MAJORITY = "rigbus.cluster.majority";
    static final String EXPORTERS = "rigbus.exporters";

    private final JvmGcMetrics collections = new JvmGcMetrics();

    NodeMeters(MeterRegistry meters, Cluster cluster, LabView view) {
        Gauge.builder(MEMBERS, cluster, known -> known.members().size())
                .description("Nodes that can be reached from this one, itself among them")
                .register(meters);
        Gauge.builder(MAJORITY, cluster, known -> known.hasMajority() ? 1 : 0)
                .description("Whether they are more than half of the lab's nodes: 1 or 0")
                .register(meters);
        exporters(meters, view, true);
        exporters(meters, view, false);
        new ClassLoaderMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        collections.bindTo(meters);
    }

    private static void exporters(MeterRegistry meters, LabView view, boolean online) {
        Gauge.builder(
                        EXPORTERS,
                        view,
                        known -> known.exporters().stream()
                                .filter(exporter -> known.board(exporter).isOnline() == online)
                                .count())
                .description("Exporters of the whole lab")
                .tag("state", online ? "online" : "offline")
                .register(meters);
    }

    void close() {
        collections.close();
    }
}
