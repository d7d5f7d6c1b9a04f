package dev.rigbus.kernel.grpc;

import dev.rigbus.driver.DriverException;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.resource.Compression;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** RouterService.Stream as an exporter serves it: one driver's stream, or one resource, for each call. */
final class StreamCalls {
    private final Drivers drivers;
    private final BusCalls bus;
    private final Admission admission;
    private final Pickups pickups;

    StreamCalls(Drivers drivers, BusCalls bus, Admission admission, Pickups pickups) {
        this.drivers = drivers;
        this.bus = bus;
        this.admission = admission;
        this.pickups = pickups;
    }

    CallHandler stream() {
        return this::start;
    }

    private CallListener start(ServerCall call) {
        StreamPump pump = new StreamPump(call);
        // What the client sends before the device is there waits in its window.
        call.pause();
        try {
            StreamRequestMetadata request = StreamRequestMetadata.read(call.metadata("request"));
            open(call, request, address(request)).onComplete(done -> {
                if (done.failed()) {
                    call.finish(refusal(done.cause()));
                } else {
                    join(call, pump, request, done.result());
                }
            });
        } catch (DriverException e) {
            call.finish(Failures.status(e));
        }
        return pump;
    }

    private String address(StreamRequestMetadata request) {
        try {
            return drivers.address(request.uuid());
        } catch (DriverException e) {
            if (Failures.status(e).text().contains("badly formed")) {
                String kind = request.isResource() ? "resource" : "driver";
                throw StreamRequestMetadata.wrong("request." + kind + ".uuid", "Input should be a valid UUID");
            }
            throw e;
        }
    }

    private Future<Ticket> open(ServerCall call, StreamRequestMetadata request, String address) {
        String method = request.method();
        long fence = admission.fence();
        return method == null
                ? bus.openResource(call.eventLoop(), address, fence, request.encoding())
                : bus.openStream(call.eventLoop(), address, fence, method);
    }

    /** As with stock, what keeps a stream from opening is an unknown error, but for a method that is not there. */
    private static Status refusal(Throwable cause) {
        Status status = Failures.status(cause);
        return switch (status.code()) {
            case NOT_FOUND, FAILED_PRECONDITION, UNAVAILABLE -> status;
            default -> new Status(Code.UNKNOWN, status.text());
        };
    }

    private void join(ServerCall call, StreamPump pump, StreamRequestMetadata request, Ticket ticket) {
        RawStream device = pickups.take(ticket.pickup(), call.eventLoop());
        if (!call.isOpen()) {
            device.close();
            return;
        }
        call.sendHeaders(ticket.resource() == null ? Map.of() : resourceHeaders(request, ticket));
        pump.join(device);
        call.resume();
    }

    private static Map<String, String> resourceHeaders(StreamRequestMetadata request, Ticket ticket) {
        String encoding = request.encoding();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(
                "resource",
                new JsonObject()
                        .put("kind", "client_stream")
                        .put("uuid", String.valueOf(ticket.resource()))
                        .put("x_jmp_content_encoding", encoding)
                        .encode());
        // Never left out: without it stock clients unpack what they send themselves, and fail at the end.
        headers.put("x_jmp_accept_encoding", isDecoded(encoding) && encoding != null ? encoding : "");
        return headers;
    }

    private static boolean isDecoded(@Nullable String encoding) {
        return Compression.wireNames().contains(encoding) && !"1".equals(System.getenv("JMP_DISABLE_COMPRESSION"));
    }
}
