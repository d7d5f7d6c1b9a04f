package dev.rigbus.kernel.host;

import java.lang.reflect.InvocationTargetException;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

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
        return Executors.newCachedThreadPool(task -> made(task, "driver-" + count.incrementAndGet()));
    }

    private static Thread made(Runnable task, String name) {
        Thread thread = unburdened(() -> new Thread(task, name));
        thread.setDaemon(true);
        return thread;
    }

    /** A thread that remembers nothing of the driver that happened to need it first, whose classes it would keep from going. */
    @SuppressWarnings("removal") // the newest JDKs have nothing left to remember
    static <T extends Thread> T unburdened(Supplier<T> maker) {
        T thread = AccessController.doPrivileged((PrivilegedAction<T>) maker::get);
        thread.setContextClassLoader(DriverThreads.class.getClassLoader());
        return thread;
    }
}
