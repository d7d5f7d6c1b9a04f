package dev.rigbus.client.typed;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.Presigned;
import dev.rigbus.client.Upload;
import java.io.IOException;

/** A storage, such as an SD card, that is connected to the exporter's host or to the device, or to neither. */
public final class StorageMuxClient {
    private final DriverNode driver;

    public StorageMuxClient(DriverNode driver) {
        this.driver = driver;
    }

    /** Connects it to the exporter's host. */
    public void host() {
        driver.call("host");
    }

    /** Connects it to the device. */
    public void dut() {
        driver.call("dut");
    }

    /** Disconnects it. */
    public void off() {
        driver.call("off");
    }

    /** Writes all of it; it has to be connected to the host. */
    public void write(Upload image) throws IOException {
        driver.upload(image, handle -> driver.call("write", handle));
    }

    /** Has the exporter fetch what it writes. */
    public void write(Presigned image) {
        driver.call("write", image.handle());
    }

    /** Reads all of it; it has to be connected to the host. */
    public void read(Download sink) throws IOException {
        driver.download(sink, handle -> driver.call("read", handle));
    }
}
