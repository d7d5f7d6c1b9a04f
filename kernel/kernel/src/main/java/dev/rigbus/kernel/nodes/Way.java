package dev.rigbus.kernel.nodes;

import dev.rigbus.kernel.call.DriverMessage.Afar;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;

/** The way from an exporter to where some of its drivers are hosted. Safe to use from any thread. */
interface Way {
    /** What comes along it from the other end, without being asked for. */
    @FunctionalInterface
    interface Ear {
        void heard(Object message);
    }

    /**
     * Asks a driver there.
     *
     * @param context where the answer is told
     * @return fails with a {@link dev.rigbus.grpc.StatusException}, at once when the way is lost
     */
    <T> Future<T> ask(ContextInternal context, Afar message);

    /** Without an answer. */
    void tell(Afar message);

    /** Completes when nothing comes through any more. */
    Future<Void> lost();

    void close();
}
