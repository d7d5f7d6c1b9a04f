package dev.rigbus.drivers.power;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** The same as {@link MockPower}, written as drivers are that block. */
final class SyncMockPower implements Driver {
    private final Logger log;

    SyncMockPower(DriverContext context) {
        log = context.log();
    }

    @Override
    public String client() {
        return "jumpstarter_driver_power.client.PowerClient";
    }

    @Export
    public void on() {
        log.info("power on");
    }

    @Export
    public void off() {
        log.info("power off");
    }

    /** Two readings, of 0 V and of 5 V. */
    @Export
    public Stream<PowerReading> read() {
        return Stream.of(new PowerReading(0, 0), new PowerReading(5, 2));
    }
}
