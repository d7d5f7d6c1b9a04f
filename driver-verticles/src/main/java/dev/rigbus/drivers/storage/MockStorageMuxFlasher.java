package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.DriverContext;

/** A {@link MockStorageMux} whose client flashes: it turns to the host, writes, and turns back to the board. */
@Concurrent
public final class MockStorageMuxFlasher extends MockStorageMux {
    MockStorageMuxFlasher(DriverContext context) {
        super(context);
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.StorageMuxFlasherClient";
    }
}
