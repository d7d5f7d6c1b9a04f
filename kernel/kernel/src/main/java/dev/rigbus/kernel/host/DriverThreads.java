package dev.rigbus.kernel.host;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for what blocks: virtual ones where the JDK has them, else one that is made when none is idle. There is no bound, on purpose: a
 * driver that hangs holds its own thread and nobody else's.
 */
public final class DriverThreads {
    private DriverThreads() {}

    public static ExecutorService create() {
        try {
            // The bytecode is that of Java 17, which does not know the method.
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            return platform();
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ExecutorService platform() {
        AtomicInteger count = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "driver-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }
}
