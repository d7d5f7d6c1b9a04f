package dev.rigbus.client;

import com.google.protobuf.Value;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverCallResponse;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.StreamingDriverCallRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A driver on an exporter. Arguments are null, booleans, numbers, texts, lists and maps, or things with a plain text form such as paths;
 * results are plain data, with every number a {@link Double}.
 */
public final class DriverNode {
    private static final String CLIENT = "jumpstarter.dev/client";
    private static final String NAME = "jumpstarter.dev/name";

    private final ExporterClient client;
    private final DriverInstanceReport report;
    private final Map<String, DriverNode> children = new LinkedHashMap<>();

    DriverNode(ExporterClient client, DriverInstanceReport report) {
        this.client = client;
        this.report = report;
    }

    void add(DriverNode child) {
        children.put(child.name(), child);
    }

    /** The name that its parent knows it by; empty for the root. */
    public String name() {
        return report.getLabelsOrDefault(NAME, "");
    }

    public String uuid() {
        return report.getUuid();
    }

    /** The class by which stock clients know this kind of driver, such as {@code jumpstarter_driver_power.client.PowerClient}. */
    public String clientClass() {
        return report.getLabelsOrDefault(CLIENT, "");
    }

    /** What the exporter's configuration says of it; may be empty. */
    public String description() {
        return report.getDescription();
    }

    public Map<String, String> labels() {
        return report.getLabelsMap();
    }

    /** By name, in the order of the exporter's configuration. */
    public Map<String, DriverNode> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * A child by name.
     *
     * @throws IllegalArgumentException for one that is not there; the text names those that are
     */
    public DriverNode child(String name) {
        DriverNode child = children.get(name);
        if (child == null) {
            String here = name().isEmpty() ? "the exporter" : name();
            throw new IllegalArgumentException(here + " has no driver " + name + " (there: "
                    + (children.isEmpty() ? "none" : String.join(", ", children.keySet())) + ")");
        }
        return child;
    }

    /**
     * Calls a method that has one result, and waits for that as long as it takes.
     *
     * @throws CallException when the driver says no
     */
    public @Nullable Object call(String method, @Nullable Object... arguments) {
        DriverCallRequest request = DriverCallRequest.newBuilder()
                .setUuid(uuid())
                .setMethod(method)
                .addAllArgs(Values.encodeAll(arguments))
                .build();
        try {
            byte[] answer = client.unary("DriverCall", request, null);
            return Values.decode(
                    Messages.parse(DriverCallResponse.parser(), answer).getResult());
        } catch (StatusException e) {
            throw CallException.ofCall(method, e.status());
        }
    }

    /** Calls a method that has any number of results. Close what it returns unless it has been read to its end. */
    public ItemStream streamingCall(String method, @Nullable Object... arguments) {
        List<Value> values = Values.encodeAll(arguments);
        BlockingCall call = client.start("/jumpstarter.v1.ExporterService/StreamingDriverCall", Map.of());
        try {
            call.write(StreamingDriverCallRequest.newBuilder()
                    .setUuid(uuid())
                    .setMethod(method)
                    .addAllArgs(values)
                    .build());
            call.end();
        } catch (StatusException e) {
            throw CallException.ofItems(e.status());
        }
        return new ItemStream(call);
    }

    /**
     * Opens a stream of bytes, most often {@code "connect"}, and waits until the device's end is open.
     *
     * @throws CallException when it cannot be opened
     */
    public RawStream stream(String method) {
        return open(Json.write(Map.of("kind", "driver", "uuid", uuid(), "method", method)));
    }

    RawStream open(String request) {
        BlockingCall call = client.start("/jumpstarter.v1.RouterService/Stream", Map.of("request", request));
        try {
            return new RawStream(call, call.headers());
        } catch (StatusException e) {
            call.close();
            throw CallException.of(e.status());
        }
    }

    /**
     * Lends the driver a source to read, for as long as a method runs that takes such a source.
     *
     * @param use calls the method, with the handle as an argument
     * @throws IOException when the source cannot be read, or the exporter cannot take it
     * @throws CallException when the driver says no
     */
    public void upload(Upload source, Upload.Use use) throws IOException {
        source.run(this, use);
    }

    @Override
    public String toString() {
        return (name().isEmpty() ? "root" : name()) + " (" + clientClass() + ")";
    }
}
