package dev.rigbus.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A flasher: puts images into a device's storage. */
public final class FlasherClient {
    private final DriverNode driver;

    public FlasherClient(DriverNode driver) {
        this.driver = driver;
    }

    /** Writes an image where the device starts from. */
    public void flash(Upload image) throws IOException {
        flash(image, null);
    }

    /**
     * Writes an image, and returns when the driver has written all of it.
     *
     * @param partition absent for the only or usual one
     */
    public void flash(Upload image, @Nullable String partition) throws IOException {
        driver.upload(image, handle -> driver.call("flash", handle, partition));
    }
}
