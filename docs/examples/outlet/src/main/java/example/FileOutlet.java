package example;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Settings;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.commons.lang3.time.DurationFormatUtils;

/** Switches whatever a file of the system stands for, and knows for how long it has been on. */
public final class FileOutlet implements Driver {
    /** @param file takes a 1 or a 0 */
    record Config(Path file) {
        static Config read(Settings settings) {
            return new Config(settings.path("file"));
        }
    }

    private final Path file;
    private long since = -1;

    FileOutlet(Config config) {
        this.file = config.file();
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    /** Of a new version, before it takes over from this one. */
    @Override
    public Future<?> probe() {
        return Files.isWritable(file)
                ? Future.succeededFuture()
                : Future.failedFuture("may not write to " + file);
    }

    @Export
    public void on() throws IOException {
        Files.writeString(file, "1");
        since = System.nanoTime();
    }

    @Export
    public void off() throws IOException {
        Files.writeString(file, "0");
        since = -1;
    }

    /** As {@code 01:30:05}; empty while it is off. */
    @Export
    public String uptime() {
        return since < 0
                ? ""
                : DurationFormatUtils.formatDuration(
                        Duration.ofNanos(System.nanoTime() - since).toMillis(), "HH:mm:ss");
    }
}
