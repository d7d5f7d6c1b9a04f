package dev.rigbus.client.typed;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.Presigned;
import dev.rigbus.client.Upload;
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

    /** Writes an image; whatever comes of it, the storage is connected to the device in the end. */
    public void flash(Upload image) throws IOException {
        mux.host();
        try {
            mux.write(image);
        } finally {
            mux.dut();
        }
    }

    /** Has the exporter fetch an image and write it. */
    public void flash(Presigned image) {
        mux.host();
        try {
            mux.write(image);
        } finally {
            mux.dut();
        }
    }

    /** Reads what the device has left, and connects the storage to it again. */
    public void dump(Download sink) throws IOException {
        mux.host();
        try {
            mux.read(sink);
        } finally {
            mux.dut();
        }
    }
}
