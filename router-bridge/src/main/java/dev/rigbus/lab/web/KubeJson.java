package dev.rigbus.lab.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rigbus.lab.lease.Durations;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.ExporterStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The lab's objects in the form that {@code jmp admin} reads. */
final class KubeJson {
    private static final String GROUP_VERSION = "jumpstarter.dev/v1alpha1";

    private KubeJson() {}

    static ObjectNode client(Client client, long version, String endpoint) {
        ObjectNode node = object("Client", client.name(), client.uid(), version, client.created());
        labels(node, client.labels());
        username(node, client.username());
        ObjectNode status = node.putObject("status");
        status.putObject("credential").put("name", client.name().name() + KubeFacade.CLIENT_SECRET);
        status.put("endpoint", endpoint);
        return node;
    }

    static ObjectNode exporter(Exporter exporter, @Nullable ExporterState state, long version, String endpoint) {
        ObjectNode node = object("Exporter", exporter.name(), exporter.uid(), version, exporter.created());
        labels(node, exporter.labels());
        username(node, exporter.username());
        node.withObject("spec").put("enabled", exporter.enabled());
        ObjectNode status = node.putObject("status");
        status.putObject("credential").put("name", exporter.name().name() + KubeFacade.EXPORTER_SECRET);
        status.put("endpoint", endpoint);
        if (state != null) {
            status.put("exporterStatus", word(state.status()));
            status.put("statusMessage", state.message());
            if (state.lease() != null) {
                status.putObject("leaseRef").put("name", state.lease());
            }
        }
        ArrayNode devices = status.putArray("devices");
        for (Exporter.Device device : exporter.devices()) {
            ObjectNode entry = devices.addObject().put("uuid", device.uuid());
            if (device.parent() != null) {
                entry.put("parent_uuid", device.parent());
            }
            device.labels().forEach(entry.putObject("labels")::put);
        }
        return node;
    }

    static ObjectNode lease(Lease lease, long version) {
        ObjectNode node = object("Lease", lease.name(), lease.uid(), version, lease.created());
        // Unused, but the client fails without it.
        node.withObject("metadata").putArray("managedFields");
        ObjectNode spec = node.putObject("spec");
        spec.putObject("clientRef").put("name", lease.client());
        spec.put("duration", Durations.text(Times.requested(lease.time())));
        Selector selector = Selector.kept(lease.wish().selector());
        selector.equalities().forEach(spec.putObject("selector").putObject("matchLabels")::put);
        ObjectNode status = node.putObject("status").put("ended", lease.hasEnded());
        time(status, "beginTime", Times.effectiveBegin(lease));
        time(status, "endTime", Times.effectiveEnd(lease));
        if (lease.grant() != null) {
            status.putObject("exporterRef").put("name", lease.grant().exporter());
        }
        ArrayNode conditions = status.putArray("conditions");
        lease.conditions().forEach(condition -> conditions.add(condition(condition)));
        return node;
    }

    private static ObjectNode condition(Condition condition) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", condition.type())
                .put("status", condition.holds() ? "True" : "False")
                .put("reason", condition.reason())
                .put("message", condition.message())
                .put("observedGeneration", 1)
                .put("lastTransitionTime", text(condition.since()));
    }

    static ObjectNode list(String kind, Collection<ObjectNode> items) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("apiVersion", GROUP_VERSION).put("kind", kind + "List");
        node.putObject("metadata").put("resourceVersion", "");
        node.putArray("items").addAll(items);
        return node;
    }

    static ObjectNode secret(ObjectName name, String token) {
        ObjectNode node = core("Secret", name).put("type", "Opaque");
        node.putObject("data")
                .put("token", Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.US_ASCII)));
        return node;
    }

    static ObjectNode configMap(ObjectName name, String key, String value) {
        ObjectNode node = core("ConfigMap", name);
        node.putObject("data").put(key, value);
        return node;
    }

    /** How an error, or the success of what has no other answer, is told. */
    static ObjectNode status(int code, String reason, String message) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("apiVersion", "v1").put("kind", "Status");
        node.putObject("metadata");
        node.put("status", code < 400 ? "Success" : "Failure");
        if (code >= 400) {
            node.put("message", message).put("reason", reason);
        }
        return node.put("code", code);
    }

    private static ObjectNode core(String kind, ObjectName name) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("apiVersion", "v1").put("kind", kind);
        node.putObject("metadata").put("name", name.name()).put("namespace", name.namespace());
        return node;
    }

    private static ObjectNode object(String kind, ObjectName name, String uid, long version, Instant created) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("apiVersion", GROUP_VERSION).put("kind", kind);
        node.putObject("metadata")
                .put("name", name.name())
                .put("namespace", name.namespace())
                .put("uid", uid)
                .put("resourceVersion", Long.toString(version))
                .put("generation", 1)
                .put("creationTimestamp", text(created));
        return node;
    }

    private static void labels(ObjectNode node, Map<String, String> labels) {
        labels.forEach(node.withObject("metadata").putObject("labels")::put);
    }

    private static void username(ObjectNode node, @Nullable String username) {
        ObjectNode spec = node.putObject("spec");
        if (username != null) {
            spec.put("username", username);
        }
    }

    private static void time(ObjectNode node, String key, @Nullable Instant time) {
        if (time != null) {
            node.put(key, text(time));
        }
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Of EXPORTER_STATUS_LEASE_READY: {@code LeaseReady}. */
    private static String word(ExporterStatus status) {
        return Arrays.stream(status.name().replaceFirst("^EXPORTER_STATUS_", "").split("_"))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }
}
