package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.Resource;
import io.vertx.core.Future;
import java.io.IOException;

/**
 * Stands in for a switch between a host and a device under test that share a storage medium: keeps one image. As with a real
 * one, the client says where the medium goes; here it can be read and written on either side.
 */
@Concurrent
public class MockStorageMux implements Driver {
    private static final String MEDIUM = "medium";

    private final DriverContext context;
    private final Images images = new Images();

    MockStorageMux(DriverContext context) {
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.StorageMuxClient";
    }

    @Export
    public void host() {
        context.log().info("storage goes to the host");
    }

    @Export
    public void dut() {
        context.log().info("storage goes to the device under test");
    }

    @Export
    public void off() {
        context.log().info("storage is disconnected");
    }

    @Export
    public void write(Resource src) throws IOException {
        images.write(MEDIUM, src);
    }

    @Export
    public void read(Resource dst) throws IOException {
        images.read(MEDIUM, dst);
    }

    @Override
    public Future<?> close() {
        return context.blocking(() -> {
            images.close();
            return true;
        });
    }
}
