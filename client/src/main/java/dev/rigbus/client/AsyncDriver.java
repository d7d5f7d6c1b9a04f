package dev.rigbus.client;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverCallResponse;
import dev.rigbus.wire.DriverInstanceReport;
import dev.rigbus.wire.StreamResponse;
import dev.rigbus.wire.StreamingDriverCallRequest;
import dev.rigbus.wire.StreamingDriverCallResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A driver on an exporter, for who must not wait. Arguments are null, booleans, numbers, texts, lists and maps, or things with a plain text form such as
 * paths; results are plain data, with every number a {@link Double}. Safe to use from any thread; futures complete on the client's event loop.
 */
public final class AsyncDriver {
    private static final String SERVICE = "/jumpstarter.v1.ExporterService/";
    private static final String CLIENT = "jumpstarter.dev/client";
    private static final String NAME = "jumpstarter.dev/name";

    private final GrpcClient grpc;
    private final DriverInstanceReport report;
    private final Map<String, AsyncDriver> children;
    private final @Nullable Duration limit;

    AsyncDriver(GrpcClient grpc, DriverInstanceReport report) {
        this(grpc, report, new LinkedHashMap<>(), null);
    }

    private AsyncDriver(
            GrpcClient grpc, DriverInstanceReport report, Map<String, AsyncDriver> children, @Nullable Duration limit) {
        this.grpc = grpc;
        this.report = report;
        this.children = children;
        this.limit = limit;
    }

    void add(AsyncDriver child) {
        children.put(child.name(), child);
    }

    /** The same driver, each of whose calls has to end in time: then it is cancelled at the exporter, too. */
    public AsyncDriver within(Duration time) {
        return new AsyncDriver(grpc, report, children, time);
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

    /** What the report says of methods, by name; most drivers say nothing. */
    public Map<String, String> methodDescriptions() {
        return report.getMethodsDescriptionMap();
    }

    /** By name, in the order of the exporter's configuration. */
    public Map<String, AsyncDriver> children() {
        return Collections.unmodifiableMap(children);
    }

    /**
     * A child by name.
     *
     * @throws IllegalArgumentException for one that is not there; the text names those that are
     */
    public AsyncDriver child(String name) {
        AsyncDriver child = children.get(name);
        if (child == null) {
            String here = name().isEmpty() ? "the exporter" : name();
            throw new IllegalArgumentException(here + " has no driver " + name + " (there: "
                    + (children.isEmpty() ? "none" : String.join(", ", children.keySet())) + ")");
        }
        return child;
    }

    /** A call, and how to give it up. */
    record Begun(Future<@Nullable Object> result, Runnable cancel) {}

    /** Calls a method that has one result; fails with a {@link CallException} when the driver says no. */
    public Future<@Nullable Object> call(String method, @Nullable Object... arguments) {
        return begin(method, arguments).result();
    }

    Begun begin(String method, @Nullable Object... arguments) {
        DriverCallRequest request = DriverCallRequest.newBuilder()
                .setUuid(uuid())
                .setMethod(method)
                .addAllArgs(Values.encodeAll(arguments))
                .build();
        UnaryCall<DriverCallResponse> call = new UnaryCall<>(DriverCallResponse.parser());
        Future<@Nullable Object> result = call.start(grpc, SERVICE + "DriverCall", request, limit)
                .transform(done -> done.succeeded()
                        ? Future.succeededFuture(Values.decode(done.result().getResult()))
                        : Future.failedFuture(CallException.ofCall(method, done.cause())));
        return new Begun(result, () -> call.cancel(grpc));
    }

    /** Calls a method that has any number of results; close what it returns unless it has been read to its end. */
    public AsyncItems streamingCall(String method, @Nullable Object... arguments) {
        StreamingDriverCallRequest request = StreamingDriverCallRequest.newBuilder()
                .setUuid(uuid())
                .setMethod(method)
                .addAllArgs(Values.encodeAll(arguments))
                .build();
        return new AsyncItems(AsyncCall.asking(
                grpc, SERVICE + "StreamingDriverCall", request, limit, StreamingDriverCallResponse.parser()));
    }

    /** Opens a stream of bytes, most often {@code "connect"}; fails with a {@link CallException} when it cannot be opened. */
    public Future<ByteChannel> stream(String method) {
        return open(Json.write(Map.of("kind", "driver", "uuid", uuid(), "method", method)));
    }

    /**
     * Lends the driver a stream that one of its methods reads or writes while it runs.
     *
     * @param content of what is read or written; absent for plain bytes
     */
    public Future<Resource> resource(@Nullable Compression content) {
        Map<String, @Nullable Object> request = new HashMap<>();
        request.put("kind", "resource");
        request.put("uuid", uuid());
        request.put("x_jmp_content_encoding", content == null ? null : content.wireName());
        return open(Json.write(request)).compose(Resource::of);
    }

    private Future<ByteChannel> open(String request) {
        return ByteChannel.of(AsyncCall.start(
                        grpc,
                        "/jumpstarter.v1.RouterService/Stream",
                        Map.of("request", request),
                        null,
                        StreamResponse.parser()))
                .recover(cause -> Future.failedFuture(CallException.of(cause)));
    }

    @Override
    public String toString() {
        return (name().isEmpty() ? "root" : name()) + " (" + clientClass() + ")";
    }
}
