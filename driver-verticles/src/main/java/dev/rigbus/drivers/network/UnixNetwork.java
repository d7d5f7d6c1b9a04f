package dev.rigbus.drivers.network;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Settings;
import io.vertx.core.Future;
import java.nio.file.Path;

/** A stream socket in the file system. */
final class UnixNetwork implements Driver {
    record Config(Path path) {
        static Config read(Settings settings) {
            return new Config(settings.path("path"));
        }
    }

    private final Config config;
    private final DriverContext context;

    UnixNetwork(Config config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String client() {
        return NetworkDrivers.CLIENT;
    }

    @ExportStream
    public Future<ByteStream> connect() {
        return context.transports().unix(config.path());
    }
}
