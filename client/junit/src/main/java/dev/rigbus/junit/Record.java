package dev.rigbus.junit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.Observer;
import java.io.ByteArrayOutputStream;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a test has seen of its devices, for when it fails. Safe to use from any thread. */
final class Record {
    private static final int MOST_BYTES = 64 * 1024;

    private final Map<String, Seen> devices = new TreeMap<>();

    private static final class Seen implements Observer {
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private @Nullable String power;

        @Override
        public synchronized void called(String method) {
            if (method.equals("on") || method.equals("off")) {
                power = method + " since " + LocalTime.now().truncatedTo(ChronoUnit.MILLIS);
            }
        }

        @Override
        public synchronized void received(byte[] read) {
            bytes.writeBytes(read);
            if (bytes.size() > 2 * MOST_BYTES) {
                byte[] all = bytes.toByteArray();
                bytes = new ByteArrayOutputStream();
                bytes.writeBytes(Arrays.copyOfRange(all, all.length - MOST_BYTES, all.length));
            }
        }

        synchronized void tell(String device, Map<String, String> into) {
            if (power != null) {
                into.put(device, power);
            }
            if (bytes.size() > 0) {
                into.put(device + " console", bytes.toString(UTF_8));
            }
        }

        /** What a device has said to one test is not for the next; its power stays as it is. */
        synchronized void next() {
            bytes.reset();
        }
    }

    /** The same device, whose doings are remembered. */
    DriverNode of(String path, DriverNode device) {
        return device.observed(seen(path));
    }

    private synchronized Seen seen(String path) {
        return devices.computeIfAbsent(path, p -> new Seen());
    }

    synchronized void next() {
        devices.values().forEach(Seen::next);
    }

    /** By device. */
    synchronized Map<String, String> tell() {
        Map<String, String> all = new TreeMap<>();
        devices.forEach((path, seen) -> seen.tell(path, all));
        return all;
    }
}
