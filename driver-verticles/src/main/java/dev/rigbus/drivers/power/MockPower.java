package dev.rigbus.drivers.power;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Items;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import org.slf4j.Logger;

/** A power switch without a device: it logs what it would do. For trying out configurations and clients. */
final class MockPower implements Driver {
    private final Logger log;

    MockPower(DriverContext context) {
        log = context.log();
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public Future<Void> on() {
        log.info("power on");
        return Future.succeededFuture();
    }

    @Export
    public Future<Void> off() {
        log.info("power off");
        return Future.succeededFuture();
    }

    /** Two readings, of 0 V and of 5 V. */
    @Export
    public ReadStream<PowerReading> read() {
        return Items.of(new PowerReading(0, 0), new PowerReading(5, 2));
    }
}
