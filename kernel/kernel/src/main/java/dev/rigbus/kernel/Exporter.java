package dev.rigbus.kernel;

import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.tree.ExporterSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;

/** A running exporter: its drivers on the bus, its session, and the listeners that clients connect to. */
public final class Exporter {
    private Exporter() {}

    /**
     * Everything that can be said against a specification without touching a device: unknown types, settings that do not fit, references
     * that lead nowhere or round in a circle. Empty when it is fine.
     */
    public static List<Problem> check(ExporterSpec spec, Collection<DriverType<?>> types) {
        throw new UnsupportedOperationException();
    }

    /**
     * Starts the drivers, then the listeners, then runs the before-lease hook; the future completes when the listeners accept, and fails with a
     * {@link dev.rigbus.driver.SettingsException} or with what a driver or a port said. A failed start leaves nothing behind.
     */
    public static Future<Exporter> start(Vertx vertx, ExporterSpec spec, Collection<DriverType<?>> types, Listener listener) {
        throw new UnsupportedOperationException();
    }

    /** The port that clients connect to. */
    public int port() {
        throw new UnsupportedOperationException();
    }

    /** Completes when the exporter has to stop by itself: a hook failed whose failure means exit. Never fails. */
    public Future<Void> exit() {
        throw new UnsupportedOperationException();
    }

    /** Runs the after-lease hook if it is due, lets running calls end for a second, then stops listeners and drivers, children first. */
    public Future<Void> stop() {
        throw new UnsupportedOperationException();
    }
}
