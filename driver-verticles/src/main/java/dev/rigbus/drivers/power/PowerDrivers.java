package dev.rigbus.drivers.power;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The power drivers. */
public final class PowerDrivers implements DriverProvider {
    @Override
    public List<DriverType<?>> types() {
        return List.of(
                DriverType.of("jumpstarter_driver_power.driver.MockPower", MockPower::new),
                DriverType.of("jumpstarter_driver_power.driver.SyncMockPower", SyncMockPower::new));
    }
}
