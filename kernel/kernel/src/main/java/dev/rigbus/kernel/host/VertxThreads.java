package dev.rigbus.kernel.host;

import io.vertx.core.impl.VertxThread;
import io.vertx.core.spi.VertxThreadFactory;
import java.util.concurrent.TimeUnit;

/** Makes Vert.x's threads, of which many are made when a driver is the first to need one. Vert.x finds it by its own means. */
public final class VertxThreads implements VertxThreadFactory {
    @Override
    public VertxThread newVertxThread(Runnable task, String name, boolean worker, long longest, TimeUnit unit) {
        return DriverThreads.unburdened(
                () -> VertxThreadFactory.super.newVertxThread(task, name, worker, longest, unit));
    }
}
