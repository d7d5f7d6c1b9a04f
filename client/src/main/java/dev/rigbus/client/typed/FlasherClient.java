package dev.rigbus.client.typed;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.Presigned;
import dev.rigbus.client.Upload;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A flasher: puts images into a device's storage, and reads them back. */
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
     * @param target such as a partition; absent for the only or usual one
     */
    public void flash(Upload image, @Nullable String target) throws IOException {
        driver.upload(image, handle -> driver.call("flash", handle, target));
    }

    /** Has the exporter fetch an image and write it. */
    public void flash(Presigned image, @Nullable String target) {
        driver.call("flash", image.handle(), target);
    }

    /**
     * Reads what the device has, and returns when all of it is here.
     *
     * @param target such as a partition; absent for the only or usual one
     */
    public void dump(Download sink, @Nullable String target) throws IOException {
        driver.download(sink, handle -> driver.call("dump", handle, target));
    }
}
