package dev.rigbus.cluster.store;

import java.time.Duration;
import java.util.concurrent.Executor;

/** Runs one task after the other; what belongs to it needs no lock. */
interface Loop extends Executor {
    void after(Duration delay, Runnable task);
}
