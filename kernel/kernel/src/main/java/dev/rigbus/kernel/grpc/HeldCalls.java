package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.session.Holding;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The calls of one holding: none is let in after its end, and those that run are cut by it. Safe for any thread. */
final class HeldCalls {
    private final Holding holding;
    private final Set<Held> open = ConcurrentHashMap.newKeySet();

    HeldCalls(Holding holding) {
        this.holding = holding;
        holding.over().onSuccess(text -> open.forEach(call -> call.cutLater(text)));
    }

    Served guard(Served served) {
        return served.guarded(handler -> call -> start(handler, call));
    }

    private CallListener start(CallHandler handler, ServerCall call) {
        Held held = new Held(call);
        // Known before it is asked for the end, so that an end in between cuts it.
        open.add(held);
        try {
            if (holding.over().isComplete()) {
                throw new StatusException(refusal(holding.over().result()));
            }
            held.serving = handler.start(call);
            return held;
        } catch (RuntimeException e) {
            open.remove(held);
            throw e;
        }
    }

    private static Status refusal(String text) {
        return new Status(Code.FAILED_PRECONDITION, text);
    }

    /** One call, on its connection's event loop. */
    private final class Held implements CallListener {
        private final ServerCall call;
        private @Nullable CallListener serving;

        Held(ServerCall call) {
            this.call = call;
        }

        void cutLater(String text) {
            call.eventLoop().execute(() -> {
                call.finish(refusal(text));
                // Not when the status has left: a client that reads nothing must let go of the device all the same.
                closed();
            });
        }

        @Override
        public void message(ByteBuf message) {
            if (serving == null) {
                message.release();
            } else {
                serving.message(message);
            }
        }

        @Override
        public void halfClosed() {
            if (serving != null) {
                serving.halfClosed();
            }
        }

        @Override
        public void writable() {
            if (serving != null) {
                serving.writable();
            }
        }

        @Override
        public void closed() {
            open.remove(this);
            CallListener told = serving;
            serving = null;
            if (told != null) {
                told.closed();
            }
        }
    }
}
