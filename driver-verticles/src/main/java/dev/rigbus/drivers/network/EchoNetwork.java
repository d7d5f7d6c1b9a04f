package dev.rigbus.drivers.network;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.ExportStream;
import io.vertx.core.Future;

/** Gives back what it gets, the end included. */
final class EchoNetwork implements Driver {
    private final DriverContext context;

    EchoNetwork(DriverContext context) {
        this.context = context;
    }

    @Override
    public String client() {
        return NetworkDrivers.CLIENT;
    }

    @ExportStream
    public Future<ByteStream> connect() {
        return Future.succeededFuture(context.transports().loop());
    }
}
