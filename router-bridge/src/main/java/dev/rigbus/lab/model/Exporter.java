package dev.rigbus.lab.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A board, as it was administered and as it registered itself. What it is doing is its {@link ExporterState}.
 *
 * @param uid as of {@link Client}
 * @param labels those of the administrator and, with the prefix {@code jumpstarter.dev/}, those it registered with
 * @param username as of {@link Client}
 * @param tokenId as of {@link Client}
 * @param enabled false to keep it from being leased
 * @param maintenance why it is not to be leased, in words for users; absent unless it is under maintenance
 * @param devices what it registered with; empty while it is not registered
 * @param node where its drivers run if it is one of the lab's own; absent for one that connects from outside
 */
public record Exporter(
        ObjectName name,
        String uid,
        Map<String, String> labels,
        @Nullable String username,
        @Nullable String tokenId,
        boolean enabled,
        @Nullable String maintenance,
        List<Device> devices,
        @Nullable String node,
        Instant created) {
    public static final String KIND = "exporter";

    /** One driver of its tree. */
    public record Device(
            String uuid,
            @Nullable String parent,
            Map<String, String> labels,
            @Nullable String description,
            Map<String, String> methods) {}

    /** Begins the reason where it was the lab that took it out of service, as it failed again and again. */
    public static final String QUARANTINED = "quarantined: ";

    /** The same, to be leased to nobody for a reason; or to be leased again, if there is none. */
    public Exporter withMaintenance(@Nullable String why) {
        return new Exporter(name, uid, labels, username, tokenId, enabled, why, devices, node, created);
    }

    public boolean isQuarantined() {
        return maintenance != null && maintenance.startsWith(QUARANTINED);
    }

    public boolean isRegistered() {
        return !devices.isEmpty();
    }

    /** Whether it may be leased as far as the administrator is concerned. */
    public boolean isOffered() {
        return enabled && maintenance == null;
    }
}
