package dev.rigbus.cluster.store;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A future that completes where its caller lives: on the Vert.x context that asked, or else on a thread that is not the writer's. */
final class Answer<T> {
    private final Promise<T> promise = Promise.promise();
    private final @Nullable Context context = Vertx.currentContext();
    private final Executor elsewhere;

    Answer(Executor elsewhere) {
        this.elsewhere = elsewhere;
    }

    Future<T> future() {
        return promise.future();
    }

    void complete(T value) {
        run(() -> promise.tryComplete(value));
    }

    void fail(Throwable cause) {
        run(() -> promise.tryFail(cause));
    }

    private void run(Runnable completion) {
        if (context != null) {
            context.runOnContext(v -> completion.run());
        } else {
            elsewhere.execute(completion);
        }
    }
}
