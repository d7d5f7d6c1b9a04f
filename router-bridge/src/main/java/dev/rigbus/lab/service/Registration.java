package dev.rigbus.lab.service;

import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Exporter.Device;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.RegisterRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What exporters say of themselves. */
final class Registration {
    private static final String OWN_LABELS = "jumpstarter.dev/";

    private final LabWriter writer;

    Registration(LabWriter writer) {
        this.writer = writer;
    }

    Future<Exporter> register(ObjectName name, RegisterRequest request) {
        List<Device> devices =
                request.getReportsList().stream().map(Registration::device).toList();
        return change(name, request.getLabelsMap(), devices);
    }

    Future<Exporter> unregister(ObjectName name) {
        return writer.exporters().update(name, exporter -> with(exporter, exporter.labels(), List.of()));
    }

    private Future<Exporter> change(ObjectName name, Map<String, String> said, List<Device> devices) {
        return writer.exporters().update(name, exporter -> {
            Map<String, String> labels = new TreeMap<>(exporter.labels());
            labels.keySet().removeIf(key -> key.startsWith(OWN_LABELS));
            said.forEach((key, value) -> {
                if (key.startsWith(OWN_LABELS)) {
                    labels.put(key, value);
                }
            });
            return with(exporter, labels, devices);
        });
    }

    private static Exporter with(Exporter e, Map<String, String> labels, List<Device> devices) {
        Exporter changed = new Exporter(
                e.name(),
                e.uid(),
                labels,
                e.username(),
                e.tokenId(),
                e.enabled(),
                e.maintenance(),
                devices,
                e.node(),
                e.created());
        return changed.equals(e) ? e : changed;
    }

    static Device device(DriverInstanceReport report) {
        return new Device(
                report.getUuid(),
                report.hasParentUuid() ? report.getParentUuid() : null,
                Map.copyOf(report.getLabelsMap()),
                report.hasDescription() ? report.getDescription() : null,
                Map.copyOf(report.getMethodsDescriptionMap()));
    }
}
