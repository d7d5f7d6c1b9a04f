package dev.rigbus.cluster.store;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/** Runs what blocks and is no write, on a thread that may. */
@FunctionalInterface
interface StoreErrands {
    <T> Future<T> run(Callable<T> task);
}
