package dev.rigbus.client;

import java.io.IOException;

/** A flasher that is a switched storage: it is written at the host, and then connected to the device. */
public final class MuxFlasherClient {
    private final StorageMuxClient mux;

    public MuxFlasherClient(DriverNode driver) {
        this.mux = new StorageMuxClient(driver);
    }

    /** Where the storage is connected. */
    public StorageMuxClient storage() {
        return mux;
    }

    /** Writes an image and connects it to the device. */
    public void flash(Upload image) throws IOException {
        mux.host();
        mux.write(image);
        mux.dut();
    }

    /** Reads what the device has left, and connects the storage to it again. */
    public void dump(Download sink) throws IOException {
        mux.host();
        mux.read(sink);
        mux.dut();
    }
}
