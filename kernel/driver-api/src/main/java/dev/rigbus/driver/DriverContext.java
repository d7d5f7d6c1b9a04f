package dev.rigbus.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;

/** The world of one driver instance, handed to it when it is made. Safe to use from any thread. */
public interface DriverContext {
    UUID uuid();

    /** The name of this instance in the exporter's tree, as {@code board.power}; {@code root} for the root. For logs and texts only. */
    String path();

    /** The log that the user sees with the exporter's log stream. Name no secrets in it. */
    Logger log();

    Vertx vertx();

    Transports transports();

    /**
     * Whether another instance for the same device is in use, which this one is to replace. It then leaves alone what the other may not share,
     * until the other hands it over or the first call comes.
     */
    default boolean isSuccessor() {
        return false;
    }

    /** The children, made before this driver, by name and in the order of the configuration; a proxy counts as what it stands for. */
    Map<String, Driver> children();

    /** The context of a child that this driver brings itself; see {@link Driver#children()}. */
    DriverContext child(String name);

    /** Runs a task that blocks on a thread of its own, for asynchronous methods and for {@link Driver#close()}. */
    <T> Future<T> blocking(Callable<T> task);
}
