package dev.rigbus.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log as a whole. */
public final class Logs {
    private Logs() {}

    /** Sets the least level that is shown. */
    public static void level(LogLevel level) {
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.toLevel(level.logback()));
    }

    /** Leaves out what drivers and exporters say, where others are told it on another way. */
    public static void quietDrivers() {
        level(LogLevel.WARNING);
        context().getLogger("driver").setLevel(Level.OFF);
        context().getLogger("exporter").setLevel(Level.OFF);
    }

    /** Writes out what is still waiting; nothing is logged afterwards. */
    public static void stop() {
        context().stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
