package dev.rigbus.lab.service;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.rigbus.lab.lease.Names;
import dev.rigbus.lab.lease.Requirement;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.lease.Wishes;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.GetLeaseResponse;
import dev.rigbus.wire.LabelSelector;
import dev.rigbus.wire.LabelSelectorRequirement;
import dev.rigbus.wire.Time;
import dev.rigbus.wire.client.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lease as the wire has it. */
final class LeaseMessages {
    private LeaseMessages() {}

    static Lease message(dev.rigbus.lab.model.Lease lease, Instant now, Map<String, String> deprecated) {
        ObjectName name = lease.name();
        Lease.Builder message = Lease.newBuilder()
                .setName(name.path(Names.LEASES))
                .setSelector(Wishes.shown(lease.wish()))
                .setClient(new ObjectName(name.namespace(), lease.client()).path(Names.CLIENTS))
                .setDuration(duration(Times.requested(lease.time())))
                .setEffectiveDuration(duration(Times.effectiveDuration(lease, now)))
                .putAllTags(lease.wish().tags())
                .putAllContext(lease.wish().context())
                .setAllowDisabled(lease.wish().allowDisabled())
                .putAllDeprecatedLabels(deprecated);
        dev.rigbus.lab.model.Lease.Time asked = lease.time();
        if (asked.begin() != null) {
            message.setBeginTime(timestamp(asked.begin()));
        }
        if (asked.end() != null) {
            message.setEndTime(timestamp(asked.end()));
        }
        Instant begin = Times.effectiveBegin(lease);
        if (begin != null) {
            message.setEffectiveBeginTime(timestamp(begin));
        }
        Instant end = Times.effectiveEnd(lease);
        if (end != null) {
            message.setEffectiveEndTime(timestamp(end));
        }
        if (lease.grant() != null) {
            message.setExporter(new ObjectName(name.namespace(), lease.grant().exporter()).path(Names.EXPORTERS));
        }
        if (lease.wish().exporter() != null) {
            message.setExporterName(lease.wish().exporter());
        }
        lease.conditions().forEach(condition -> message.addConditions(condition(condition)));
        return message.build();
    }

    private static dev.rigbus.wire.Condition condition(Condition condition) {
        return dev.rigbus.wire.Condition.newBuilder()
                .setType(condition.type())
                .setStatus(condition.holds() ? "True" : "False")
                .setObservedGeneration(1)
                .setReason(condition.reason())
                .setMessage(condition.message())
                .setLastTransitionTime(Time.newBuilder()
                        .setSeconds(condition.since().getEpochSecond())
                        .setNanos(condition.since().getNano()))
                .build();
    }

    /** The form that clients before ClientService used. */
    static GetLeaseResponse legacy(dev.rigbus.lab.model.Lease lease, @Nullable Exporter exporter) {
        GetLeaseResponse.Builder message = GetLeaseResponse.newBuilder()
                .setDuration(duration(Times.requested(lease.time())))
                .setSelector(LabelSelector.newBuilder()
                        .putAllMatchLabels(
                                Selector.kept(lease.wish().selector()).equalities()));
        Instant begin = Times.effectiveBegin(lease);
        if (begin != null) {
            message.setBeginTime(timestamp(begin));
        }
        Instant end = Times.effectiveEnd(lease);
        if (end != null) {
            message.setEndTime(timestamp(end));
        }
        if (exporter != null) {
            message.setExporterUuid(exporter.uid());
        }
        lease.conditions().forEach(condition -> message.addConditions(condition(condition)));
        return message.build();
    }

    static Requirement requirement(LabelSelectorRequirement expression) {
        Requirement.Operator operator = switch (expression.getOperator()) {
            case "In" -> Requirement.Operator.IN;
            case "NotIn" -> Requirement.Operator.NOT_IN;
            case "Exists" -> Requirement.Operator.EXISTS;
            case "DoesNotExist" -> Requirement.Operator.ABSENT;
            default ->
                throw LabErrors.unknown("\"" + expression.getOperator() + "\" is not a valid label selector operator");
        };
        return new Requirement(expression.getKey(), operator, List.copyOf(expression.getValuesList()));
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static java.time.Duration duration(Duration duration) {
        return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }

    static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
