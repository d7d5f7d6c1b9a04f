package dev.rigbus.lab.admin;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.rigbus.lab.identity.Admin;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.wire.lab.AdminObject;
import dev.rigbus.wire.lab.ClientObject;
import dev.rigbus.wire.lab.Device;
import dev.rigbus.wire.lab.ExporterObject;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.LeaseObject;
import dev.rigbus.wire.lab.NodeObject;
import dev.rigbus.wire.lab.PolicyObject;
import dev.rigbus.wire.lab.Rule;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the lab keeps, as messages. */
final class Messages {
    private static final String STATUS = "EXPORTER_STATUS_";

    private Messages() {}

    static LabObject of(Client client) {
        ClientObject.Builder message = ClientObject.newBuilder()
                .setNamespace(client.name().namespace())
                .setName(client.name().name())
                .setUid(client.uid())
                .putAllLabels(client.labels())
                .setCreated(time(client.created()));
        if (client.username() != null) {
            message.setUsername(client.username());
        }
        return LabObject.newBuilder().setClient(message).build();
    }

    static LabObject of(Exporter exporter, @Nullable ExporterState state) {
        ExporterObject.Builder message = ExporterObject.newBuilder()
                .setNamespace(exporter.name().namespace())
                .setName(exporter.name().name())
                .setUid(exporter.uid())
                .putAllLabels(exporter.labels())
                .setCreated(time(exporter.created()))
                .setEnabled(exporter.enabled())
                .setStatus("Unknown");
        if (exporter.username() != null) {
            message.setUsername(exporter.username());
        }
        if (exporter.maintenance() != null) {
            message.setMaintenance(exporter.maintenance());
        }
        if (exporter.node() != null) {
            message.setNode(exporter.node());
        }
        exporter.devices().forEach(device -> message.addDevices(device(device)));
        if (state != null) {
            describe(state, message);
        }
        return LabObject.newBuilder().setExporter(message).build();
    }

    private static Device device(Exporter.Device device) {
        Device.Builder message = Device.newBuilder().setUuid(device.uuid()).putAllLabels(device.labels());
        if (device.parent() != null) {
            message.setParent(device.parent());
        }
        return message.build();
    }

    private static void describe(ExporterState state, ExporterObject.Builder into) {
        into.setOnline(state.online()).setStatus(status(state)).setMessage(state.message());
        if (state.lease() != null) {
            into.setLease(state.lease());
        }
        if (state.client() != null) {
            into.setClient(state.client());
        }
        if (state.lastSeen() != null) {
            into.setLastSeen(time(state.lastSeen()));
        }
    }

    /** As {@code LeaseReady}. */
    private static String status(ExporterState state) {
        StringBuilder text = new StringBuilder();
        for (String word : state.status().name().replaceFirst("^" + STATUS, "").split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    static LabObject of(Policy policy) {
        PolicyObject.Builder message = PolicyObject.newBuilder()
                .setNamespace(policy.name().namespace())
                .setName(policy.name().name())
                .setCreated(time(policy.created()))
                .setExporters(policy.exporters());
        for (Policy.Rule rule : policy.rules()) {
            Rule.Builder each = Rule.newBuilder()
                    .setPriority(rule.priority())
                    .addAllFrom(rule.from())
                    .setSpot(rule.spot());
            if (rule.description() != null) {
                each.setDescription(rule.description());
            }
            if (rule.longest() != null) {
                each.setLongest(duration(rule.longest()));
            }
            message.addRules(each);
        }
        return LabObject.newBuilder().setPolicy(message).build();
    }

    static List<Policy.Rule> rules(PolicyObject message) {
        return message.getRulesList().stream()
                .map(rule -> new Policy.Rule(
                        rule.getDescription().isEmpty() ? null : rule.getDescription(),
                        rule.getPriority(),
                        List.copyOf(rule.getFromList()),
                        rule.hasLongest() ? duration(rule.getLongest()) : null,
                        rule.getSpot()))
                .collect(Collectors.toUnmodifiableList());
    }

    static LabObject of(Lease lease) {
        LeaseObject.Builder message = LeaseObject.newBuilder()
                .setNamespace(lease.name().namespace())
                .setName(lease.name().name())
                .setUid(lease.uid())
                .setClient(lease.client())
                .setSelector(lease.wish().shown())
                .setCreated(time(lease.created()))
                .setDuration(duration(Times.requested(lease.time())))
                .setEnded(lease.hasEnded())
                .putAllTags(lease.wish().tags());
        if (lease.wish().exporter() != null) {
            message.setWanted(Objects.requireNonNull(lease.wish().exporter()));
        }
        if (lease.grant() != null) {
            message.setExporter(lease.grant().exporter());
        }
        Instant begin = lease.grant() == null ? Times.begin(lease.time()) : Times.effectiveBegin(lease);
        if (begin != null) {
            message.setBegin(time(begin));
        }
        Instant end = lease.ending() != null ? lease.ending().at() : Times.expiry(lease);
        if (end != null) {
            message.setEnd(time(end));
        }
        describe(lease, message);
        return LabObject.newBuilder().setLease(message).build();
    }

    private static void describe(Lease lease, LeaseObject.Builder into) {
        if (lease.ending() != null) {
            into.setReason(lease.ending().reason());
        }
        if (!lease.conditions().isEmpty()) {
            Condition last = lease.conditions().get(lease.conditions().size() - 1);
            into.setReason(lease.ending() == null ? last.reason() : into.getReason())
                    .setMessage(last.message());
        }
    }

    static NodeObject of(LabNodes.Fact node, String self, long exporters) {
        NodeObject.Builder message = NodeObject.newBuilder()
                .setName(node.name())
                .setState(node.state())
                .setAddress(node.address())
                .setVersion(node.version())
                .setExporters((int) exporters)
                .setSelf(node.name().equals(self));
        if (node.since() != null) {
            message.setSince(time(node.since()));
        }
        return message.build();
    }

    static LabObject of(Admin admin) {
        return LabObject.newBuilder()
                .setAdmin(AdminObject.newBuilder().setName(admin.name()).setCreated(time(admin.created())))
                .build();
    }

    static Timestamp time(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static java.time.Duration duration(Duration message) {
        return java.time.Duration.ofSeconds(message.getSeconds(), message.getNanos());
    }
}
