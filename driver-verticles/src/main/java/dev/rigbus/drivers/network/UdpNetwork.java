package dev.rigbus.drivers.network;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import io.vertx.core.Future;

/** A UDP port: every stream is a socket of its own, a chunk is a datagram, and neither side can end it. */
final class UdpNetwork implements Driver {
    private final SocketConfig config;
    private final DriverContext context;

    UdpNetwork(SocketConfig config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String client() {
        return NetworkDrivers.CLIENT;
    }

    @ExportStream
    public Future<ByteStream> connect() {
        return context.transports().udp(config.host(), config.port());
    }

    /** Where this leads, for clients that can reach it themselves. */
    @Export
    public String address() {
        if (!config.enableAddress()) {
            throw Address.disabled();
        }
        return Address.of("udp", config.host(), config.port());
    }
}
