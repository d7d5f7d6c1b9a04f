package dev.rigbus.lab.lease;

import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.wire.ExporterStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values to try the rules with. */
public final class Given {
    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    public static final Duration HOUR = Duration.ofHours(1);

    private Given() {}

    public static ObjectName name(String name) {
        return new ObjectName("lab", name);
    }

    public static Client client(String name, Map<String, String> labels) {
        return new Client(name(name), "uid-" + name, labels, null, null, NOON);
    }

    public static Exporter exporter(String name, Map<String, String> labels) {
        Exporter.Device root = new Exporter.Device("root", null, Map.of(), null, Map.of());
        return new Exporter(name(name), "uid-" + name, labels, null, null, true, null, List.of(root), null, NOON);
    }

    public static Exporter disabled(Exporter e, @Nullable String maintenance) {
        boolean enabled = maintenance != null;
        return new Exporter(
                e.name(), e.uid(), e.labels(), null, null, enabled, maintenance, e.devices(), null, e.created());
    }

    public static Exporter unregistered(Exporter e) {
        return new Exporter(e.name(), e.uid(), e.labels(), null, null, e.enabled(), null, List.of(), null, e.created());
    }

    public static ExporterState state(String name, ExporterStatus status, boolean online, @Nullable String lease) {
        return new ExporterState(name(name), "n1", 1, status, "", NOON, online, lease, null, lease, 1);
    }

    public static Board board(Exporter exporter, ExporterStatus status, boolean online, @Nullable String lease) {
        return new Board(exporter, state(exporter.name().name(), status, online, lease), null);
    }

    public static Board free(String name, Map<String, String> labels) {
        return board(exporter(name, labels), ExporterStatus.EXPORTER_STATUS_AVAILABLE, true, null);
    }

    public static Board offline(String name, Map<String, String> labels) {
        return board(exporter(name, labels), ExporterStatus.EXPORTER_STATUS_OFFLINE, false, null);
    }

    public static Board leased(String name, Map<String, String> labels, Lease holder) {
        Board board = board(
                exporter(name, labels),
                ExporterStatus.EXPORTER_STATUS_LEASE_READY,
                true,
                holder.name().name());
        return new Board(board.exporter(), board.state(), holder);
    }

    public static Lease lease(String name, Lease.Wish wish, Lease.Time time) {
        return new Lease(name(name), "uid-" + name, "alice", wish, time, null, null, List.of(), NOON);
    }

    /** For an hour from its grant on. */
    public static Lease wants(String name, String selector) {
        return lease(name, Wishes.of(selector, null, Map.of(), Map.of(), false), Times.create(HOUR, null, null));
    }

    public static Lease created(Lease l, Instant created) {
        return new Lease(
                l.name(), l.uid(), l.client(), l.wish(), l.time(), l.grant(), l.ending(), l.conditions(), created);
    }

    public static Lease granted(Lease lease, String exporter, long fence, Instant at) {
        return Conditions.granted(lease, new Lease.Grant(exporter, fence, 0, at), at);
    }

    public static Policy policy(String name, String exporters, Policy.Rule... rules) {
        return new Policy(name(name), exporters, List.of(rules), NOON);
    }

    public static Policy.Rule rule(
            @Nullable String description, int priority, @Nullable Duration longest, String... from) {
        return new Policy.Rule(description, priority, List.of(from), longest, false);
    }

    public static Policy.Rule spot(int priority, String... from) {
        return new Policy.Rule(null, priority, List.of(from), null, true);
    }
}
