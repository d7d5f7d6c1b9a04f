package dev.rigbus.kernel.host;

import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;

/** The context of a driver's verticle. */
record Turns(ContextInternal context) implements ItemSender.Turns {
    @Override
    public void execute(Runnable task) {
        context.runOnContext(v -> task.run());
    }

    @Override
    public void schedule(Runnable task, long delay, TimeUnit unit) {
        context.nettyEventLoop().schedule(() -> execute(task), delay, unit);
    }
}
