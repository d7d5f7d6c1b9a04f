package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.health.HealthCheckRequest;
import dev.rigbus.wire.health.HealthCheckResponse;
import dev.rigbus.wire.health.HealthCheckResponse.ServingStatus;
import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The standard health service: what answers at all is serving. */
public final class HealthCalls {
    private final Set<String> services;

    /** @param services those that may be asked for, beside the empty name for the whole */
    public HealthCalls(Set<String> services) {
        this.services = services;
    }

    public CallHandler check() {
        return Unary.of(HealthCheckRequest.parser(), request -> {
            if (!isKnown(request.getService())) {
                return Future.failedFuture(
                        new StatusException(Code.NOT_FOUND, "unknown service " + request.getService()));
            }
            return Future.succeededFuture(response(ServingStatus.SERVING));
        });
    }

    public CallHandler watch() {
        return Unary.streaming(HealthCheckRequest.parser(), HealthCalls.this::watch);
    }

    private @Nullable CallListener watch(ServerCall call, HealthCheckRequest request) {
        call.write(response(isKnown(request.getService()) ? ServingStatus.SERVING : ServingStatus.SERVICE_UNKNOWN));
        return null;
    }

    private boolean isKnown(String service) {
        return service.isEmpty() || services.contains(service);
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }
}
