package dev.rigbus.client.lease;

import dev.rigbus.wire.client.Exporter;
import java.util.Map;

/**
 * An exporter as the lab tells of it.
 *
 * @param status as {@code AVAILABLE} or {@code OFFLINE}
 * @param message more about it; may be empty
 */
public record ExporterInfo(String name, Map<String, String> labels, String status, String message, boolean enabled) {
    static ExporterInfo of(Exporter exporter) {
        String status = exporter.getStatus().name();
        return new ExporterInfo(
                LeaseInfo.last(exporter.getName()),
                Map.copyOf(exporter.getLabelsMap()),
                status.replace("EXPORTER_STATUS_", ""),
                exporter.getStatusMessage(),
                !exporter.hasEnabled() || exporter.getEnabled());
    }
}
