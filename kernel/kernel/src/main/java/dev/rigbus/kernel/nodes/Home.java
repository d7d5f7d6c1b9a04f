package dev.rigbus.kernel.nodes;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Does what belongs to a context there, whoever asks for it. */
final class Home {
    private Home() {}

    /** A task that throws fails its future. */
    static <T> Future<T> on(Context context, Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        context.runOnContext(v -> {
            try {
                task.get().onComplete(done);
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }
}
