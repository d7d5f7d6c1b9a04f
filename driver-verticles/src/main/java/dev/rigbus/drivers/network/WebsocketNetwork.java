package dev.rigbus.drivers.network;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Settings;
import io.vertx.core.Future;
import java.net.URI;

/** A WebSocket: a chunk is a binary message. It has no half-close. */
final class WebsocketNetwork implements Driver {
    record Config(URI url, boolean enableAddress) {
        static Config read(Settings settings) {
            return new Config(settings.uri("url", "ws", "wss"), settings.bool("enable_address", true));
        }
    }

    private final Config config;
    private final DriverContext context;

    WebsocketNetwork(Config config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String client() {
        return NetworkDrivers.CLIENT;
    }

    @ExportStream
    public Future<ByteStream> connect() {
        return context.transports().webSocket(config.url());
    }

    /** Where this leads, as it stands in the configuration. */
    @Export
    public Future<String> address() {
        return config.enableAddress()
                ? Future.succeededFuture(config.url().toString())
                : Future.failedFuture(Address.disabled());
    }
}
