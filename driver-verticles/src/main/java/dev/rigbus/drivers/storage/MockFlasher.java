package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Resource;
import io.vertx.core.Future;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Stands in for a flasher: keeps the last image of each partition, and gives it back. */
@Concurrent
public final class MockFlasher implements Driver {
    private static final String DEFAULT = "default";

    private final DriverContext context;
    private final Images images = new Images();

    MockFlasher(DriverContext context) {
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.FlasherClient";
    }

    @Export
    public void flash(Resource source, @Nullable String partition) throws IOException {
        images.write(partition == null ? DEFAULT : partition, source);
    }

    @Export
    public void dump(Resource target, @Nullable String partition) throws IOException {
        images.read(partition == null ? DEFAULT : partition, target);
    }

    @Override
    public Future<?> close() {
        return context.blocking(() -> {
            images.close();
            return true;
        });
    }
}
