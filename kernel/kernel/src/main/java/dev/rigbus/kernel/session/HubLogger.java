package dev.rigbus.kernel.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger whose lines go to the exporter's clients and, with the exporter's and driver's names, to the node's own log. */
public final class HubLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    private final transient LogHub hub;
    private final transient Logger node;
    private final LogEntry.Source source;
    private final String exporter;
    private final @Nullable String driver;
    private final Level level;

    /**
     * @param name of the logger, such as {@code driver.MockPower}
     * @param driver the path of the driver; absent for the exporter itself
     * @param level the least that is logged
     */
    public HubLogger(
            LogHub hub, LogEntry.Source source, String name, String exporter, @Nullable String driver, Level level) {
        this.name = name;
        this.hub = hub;
        this.node = LoggerFactory.getLogger(name);
        this.source = source;
        this.exporter = exporter;
        this.driver = driver;
        this.level = level;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level at,
            @Nullable Marker marker,
            String pattern,
            @Nullable Object @Nullable [] arguments,
            @Nullable Throwable cause) {
        String message =
                arguments == null ? String.valueOf(pattern) : MessageFormatter.basicArrayFormat(pattern, arguments);
        hub.add(new LogEntry(
                Instant.now(), severity(at, marker), cause == null ? message : message + ": " + cause, source));
        if (node.isEnabledForLevel(at)) {
            var line = node.atLevel(at).addKeyValue("exporter", exporter);
            if (driver != null) {
                line = line.addKeyValue("driver", driver);
            }
            (cause == null ? line : line.setCause(cause)).log(message);
        }
    }

    /** SLF4J has no level above error; a marker of that name stands for it. */
    private static String severity(Level level, @Nullable Marker marker) {
        if (marker != null && marker.getName().equals("CRITICAL")) {
            return "CRITICAL";
        }
        return switch (level) {
            case TRACE, DEBUG -> "DEBUG";
            case INFO -> "INFO";
            case WARN -> "WARNING";
            case ERROR -> "ERROR";
        };
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return HubLogger.class.getName();
    }

    @Override
    public boolean isTraceEnabled() {
        return isAtLeast(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isAtLeast(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isAtLeast(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isAtLeast(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }

    private boolean isAtLeast(Level asked) {
        return asked.toInt() >= level.toInt();
    }
}
