package rigbus.testing;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A device that keeps a book on who used it; what the tests of the lab believe is what stands in there. */
public final class Ledger implements Driver {
    record Config(Path file) {
        static Config read(Settings settings) {
            return new Config(settings.path("file"));
        }
    }

    private final Config config;

    Ledger(Config config) {
        this.config = config;
    }

    @Override
    public String client() {
        return "jumpstarter.client.DriverClient";
    }

    /** Writes down one use; it is on the disk when the caller hears of it. */
    @Export
    public void touch(String lease, String client, int number) throws IOException {
        // The kernel's monotonic clock, which is one and the same for all processes of the machine.
        String line = "%d %s %s %d%n".formatted(System.nanoTime(), lease, client, number);
        try (FileChannel file = FileChannel.open(
                config.file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            file.force(true);
        }
    }
}
