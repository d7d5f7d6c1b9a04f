package dev.rigbus.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.slf4j.event.KeyValuePair;

/** One log event as a line: {@code 18:33:01.123 INFO  session: ready port=8082}. */
final class LineFormat {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final boolean coloured;

    LineFormat(boolean coloured) {
        this.coloured = coloured;
    }

    String line(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(event.getInstant(), line);
        line.append(' ');
        level(event.getLevel(), line);
        String name = event.getLoggerName();
        line.append(name, name.lastIndexOf('.') + 1, name.length()).append(": ");
        harmless(event.getFormattedMessage(), line);
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                harmless(" " + pair.key + "=" + pair.value, line);
            }
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    private void level(Level level, StringBuilder line) {
        String colour = level.isGreaterOrEqual(Level.ERROR) ? "31" : level.isGreaterOrEqual(Level.WARN) ? "33" : "";
        if (coloured && !colour.isEmpty()) {
            line.append("\u001b[").append(colour).append('m').append(level).append("\u001b[0m");
        } else {
            line.append(level);
        }
        line.append(level.toString().length() < 5 ? "  " : " ");
    }

    /** A board may print what it likes; it shall not move the cursor of who reads the log, nor forge a line. */
    private static void harmless(String text, StringBuilder line) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\n    ");
            } else if (c == '\t' || !Character.isISOControl(c)) {
                line.append(c);
            } else {
                line.append(String.format("\\x%02x", (int) c));
            }
        }
    }
}
