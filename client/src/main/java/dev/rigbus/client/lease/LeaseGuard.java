package dev.rigbus.client.lease;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process beside this one that gives a lease back when this one has ended without having done so, even by a signal that it could not notice. It
 * waits for the end of its input, which is the end of whoever writes there; what is secret comes that way, too.
 */
public final class LeaseGuard {
    private static final Logger log = LoggerFactory.getLogger(LeaseGuard.class);
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final int DONE = 1;
    private static final int TRIES = 5;
    private static final long PAUSE_MILLIS = 2_000;

    private final @Nullable Process process;

    private LeaseGuard(@Nullable Process process) {
        this.process = process;
    }

    static LeaseGuard start(LabAccess access, String lease) {
        try {
            Process process = new ProcessBuilder(command())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            OutputStream out = process.getOutputStream();
            byte[] order = order(access, lease);
            out.write(order.length >>> 24);
            out.write(order.length >>> 16);
            out.write(order.length >>> 8);
            out.write(order.length);
            out.write(order);
            out.flush();
            return new LeaseGuard(process);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("lease", lease)
                    .log("if this program is killed the lease lasts to its end: {}", e.getMessage());
            return new LeaseGuard(null);
        }
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        // A signal for all that a terminal has started is not for this.
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                LeaseGuard.class.getName()));
        return command;
    }

    private static byte[] order(LabAccess access, String lease) throws IOException {
        Properties all = new Properties();
        all.setProperty("endpoint", access.endpoint());
        all.setProperty("namespace", access.namespace());
        all.setProperty("name", access.name());
        all.setProperty("token", access.token());
        if (access.authority() != null) {
            all.setProperty("authority", access.authority());
        }
        if (access.serverName() != null) {
            all.setProperty("serverName", access.serverName());
        }
        all.setProperty("lease", lease);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        all.store(bytes, null);
        return bytes.toByteArray();
    }

    /** The lease has been given back. */
    void done() {
        if (process != null) {
            try (OutputStream out = process.getOutputStream()) {
                out.write(DONE);
            } catch (IOException e) {
                log.debug("the guard of the lease has ended before: {}", e.getMessage());
            }
        }
    }

    /** The other process. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        InputStream in = System.in;
        int length = in.read() << 24 | in.read() << 16 | in.read() << 8 | in.read();
        byte[] order = length < 0 ? new byte[0] : in.readNBytes(length);
        if (order.length == 0 || in.read() == DONE) {
            return;
        }
        Properties all = new Properties();
        all.load(new ByteArrayInputStream(order));
        LabAccess access = new LabAccess(
                all.getProperty("endpoint"),
                all.getProperty("namespace"),
                all.getProperty("name"),
                all.getProperty("token"),
                all.getProperty("authority"),
                all.getProperty("serverName"),
                "");
        for (int i = 0; i < TRIES; i++) {
            try (Leases lab = Leases.connect(access)) {
                lab.release(all.getProperty("lease"));
                return;
            } catch (IOException | RuntimeException e) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }
}
