package dev.rigbus.kernel.tree;

import dev.rigbus.kernel.session.HubLogger;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.session.LogHub;
import io.vertx.core.Vertx;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** What all drivers of an exporter share. It outlives each of them, and so knows none. */
record World(Vertx vertx, ExecutorService threads, LogHub logs, String exporter) {
    /** Makes the worlds of the instances at one place of the tree. */
    Maker.Contexts of(UUID uuid, String path, Level level, String className) {
        Function<String, Logger> loggers = p -> logger(p, className, level);
        return (children, successor) ->
                new NodeContext(uuid, path.isEmpty() ? "root" : path, loggers, vertx, threads, children, successor);
    }

    private Logger logger(String path, String className, Level level) {
        return new HubLogger(logs, LogEntry.Source.DRIVER, "driver." + className, exporter, path, level);
    }
}
