package dev.rigbus.kernel.host;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** Lets the calls of one driver run one after the other. Belongs to the driver's context. */
final class CallOrder {
    private final boolean concurrent;
    private final Queue<Supplier<Future<?>>> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean draining;

    CallOrder(boolean concurrent) {
        this.concurrent = concurrent;
    }

    /** Runs a call now or when those before it are done. */
    void add(Supplier<Future<?>> call) {
        if (concurrent) {
            start(call);
            return;
        }
        waiting.add(call);
        drain();
    }

    /** The call answers for itself; only its end matters here. */
    private static Future<?> start(Supplier<Future<?>> call) {
        return call.get();
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        while (!busy && !waiting.isEmpty()) {
            busy = true;
            start(waiting.remove()).onComplete(done -> {
                busy = false;
                drain();
            });
        }
        draining = false;
    }
}
