package dev.rigbus.app.node;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.wire.JumpstarterProto;
import dev.rigbus.wire.RouterProto;
import dev.rigbus.wire.client.ClientProto;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What a node does with calls until it has found the others: they wait, as stock peers give up for good where a service is missing, and the stock
 * client does not repeat the call that returns a lease.
 */
final class Starting {
    /** A call that waited for so long is told that it can be repeated. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Status LATER = new Status(Code.UNAVAILABLE, "the node is starting");

    private final Map<String, CallHandler> served;
    private final Promise<Void> over = Promise.promise();
    private final Map<String, CallHandler> handlers = new HashMap<>();

    private Starting(Map<String, CallHandler> served) {
        this.served = served;
    }

    /** @param served what the port serves; it is changed while it is in use */
    static Starting on(Map<String, CallHandler> served) {
        Starting starting = new Starting(served);
        starting.hold(JumpstarterProto.getDescriptor().findServiceByName("ControllerService"));
        starting.hold(ClientProto.getDescriptor().findServiceByName("ClientService"));
        // Who comes with a ticket got it from a node that serves, and knows another way.
        starting.each(RouterProto.getDescriptor().findServiceByName("RouterService"), path -> call -> {
            throw new StatusException(LATER);
        });
        served.putAll(starting.handlers);
        return starting;
    }

    private void hold(ServiceDescriptor service) {
        each(service, path -> call -> new Waiting(call, path));
    }

    private void each(ServiceDescriptor service, Function<String, CallHandler> handler) {
        for (var method : service.getMethods()) {
            String path = "/" + service.getFullName() + "/" + method.getName();
            handlers.put(path, handler.apply(path));
        }
    }

    /** The node has started: what waits goes on, and what it does not serve now it never will. */
    void over() {
        served.values().removeAll(handlers.values());
        over.complete();
    }

    /** One call, of which nothing is read until somebody serves it. */
    private final class Waiting implements CallListener {
        private final ServerCall call;
        private final String path;
        private final ScheduledFuture<?> patience;

        Waiting(ServerCall call, String path) {
            this.call = call;
            this.path = path;
            call.pause();
            patience = call.eventLoop().schedule(() -> call.finish(LATER), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            over.future().onComplete(done -> call.eventLoop().execute(this::goOn));
        }

        private void goOn() {
            if (patience.cancel(false)) {
                call.serve(served.get(path));
                call.resume();
            }
        }

        @Override
        public void message(ByteBuf message) {
            message.release();
        }

        @Override
        public void closed() {
            patience.cancel(false);
        }
    }
}
