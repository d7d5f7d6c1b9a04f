package dev.rigbus.drivers.storage;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The storage drivers, under the names of the stock ones. */
public final class StorageDrivers implements DriverProvider {
    private static final String STOCK = "jumpstarter_driver_opendal.driver.";

    @Override
    public List<DriverType<?>> types() {
        return List.of(
                DriverType.of(STOCK + "Opendal", OpendalConfig::read, Opendal::new),
                DriverType.of(STOCK + "MockFlasher", MockFlasher::new),
                DriverType.of(STOCK + "MockStorageMux", MockStorageMux::new),
                DriverType.of(STOCK + "MockStorageMuxFlasher", MockStorageMuxFlasher::new));
    }
}
