package dev.rigbus.lab.service;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Times calls. Those that last as long as somebody listens are not among them: how long that is says nothing. */
final class CallMeters {
    static final String CALL = "rigbus.call";

    private static final Set<String> LASTING = Set.of("Status", "Listen", "Watch", "ServerReflectionInfo");

    private final MeterRegistry meters;

    CallMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** The same handlers, timed. */
    Map<String, CallHandler> of(Map<String, CallHandler> handlers) {
        Map<String, CallHandler> timed = new LinkedHashMap<>();
        handlers.forEach((path, handler) -> timed.put(
                path, LASTING.contains(path.substring(path.lastIndexOf('/') + 1)) ? handler : of(path, handler)));
        return timed;
    }

    /** @param path such as {@code /jumpstarter.v1.ControllerService/Dial} */
    private CallHandler of(String path, CallHandler handler) {
        String method = path.substring(path.lastIndexOf('.') + 1);
        return call -> {
            long start = System.nanoTime();
            try {
                return new Timed(handler.start(call), () -> record(method, call.result(), start));
            } catch (StatusException e) {
                record(method, e.status(), start);
                throw e;
            }
        };
    }

    private void record(String method, Status status, long start) {
        Timer.builder(CALL)
                .description("Calls to the lab's services, from their headers to their end")
                .tag("method", method)
                .tag("status", status.code().name())
                .register(meters)
                .record(java.time.Duration.ofNanos(System.nanoTime() - start));
    }

    private record Timed(CallListener listener, Runnable end) implements CallListener {
        @Override
        public void message(ByteBuf message) {
            listener.message(message);
        }

        @Override
        public void halfClosed() {
            listener.halfClosed();
        }

        @Override
        public void writable() {
            listener.writable();
        }

        @Override
        public void closed() {
            end.run();
            listener.closed();
        }
    }
}
