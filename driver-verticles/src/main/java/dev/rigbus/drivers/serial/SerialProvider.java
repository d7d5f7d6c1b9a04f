package dev.rigbus.drivers.serial;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** Brings the serial port driver. */
public final class SerialProvider implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(DriverType.of("jumpstarter_driver_pyserial.driver.PySerial", SerialConfig::read, PySerial::new));
    }
}
