package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Transports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The context of a driver that needs no more of the exporter than a log and a thread: the caller's. */
final class PlainContext implements DriverContext {
    private final UUID uuid = UUID.randomUUID();

    @Override
    public UUID uuid() {
        return uuid;
    }

    @Override
    public String path() {
        return "storage";
    }

    @Override
    public Logger log() {
        return LoggerFactory.getLogger("driver.storage");
    }

    @Override
    public Vertx vertx() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Transports transports() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Driver> children() {
        return Map.of();
    }

    @Override
    public DriverContext child(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> Future<T> blocking(Callable<T> task) {
        try {
            return Future.succeededFuture(task.call());
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }
}
