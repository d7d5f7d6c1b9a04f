package dev.rigbus.drivers.serial;

import dev.rigbus.driver.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One serial port.
 *
 * @param url a device path, {@code loop://} or {@code socket://host:port}
 * @param interval the time from one byte to the next; null for none
 * @param reopen how long a stream waits for a port that vanished
 */
record SerialConfig(
        String url,
        int baudrate,
        boolean checkPresent,
        @Nullable Duration interval,
        boolean disableHupcl,
        Duration reopen) {
    private static final String EXPECTED = " (expected: a device path, loop:// or socket://HOST:PORT)";

    static SerialConfig read(Settings settings) {
        String url = settings.string("url");
        String problem = problem(url);
        if (problem != null && !url.isEmpty()) {
            settings.problem("url", problem + EXPECTED);
        }
        double cps = settings.decimal("cps", 0);
        return new SerialConfig(
                url,
                settings.integer("baudrate", 115200, 1, Integer.MAX_VALUE),
                settings.bool("check_present", true),
                cps > 0 ? Duration.ofNanos(Math.round(1e9 / cps)) : null,
                settings.bool("disable_hupcl", false),
                settings.duration("reopen", Duration.ofSeconds(10)));
    }

    boolean isLoop() {
        return url.startsWith("loop://");
    }

    boolean isSocket() {
        return url.startsWith("socket://");
    }

    URI socket() {
        return URI.create(url);
    }

    private static @Nullable String problem(String url) {
        int scheme = url.indexOf("://");
        if (scheme < 0 || url.startsWith("loop://")) {
            return null;
        }
        if (!url.startsWith("socket://")) {
            return '"' + url + "\": " + url.substring(0, scheme) + ":// is not supported";
        }
        try {
            URI uri = new URI(url);
            return uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > 65535 ? '"' + url + '"' : null;
        } catch (URISyntaxException e) {
            return '"' + url + '"';
        }
    }
}
