package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Resource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/** A client's file in memory. */
final class BytesResource implements Resource {
    private final byte[] sent;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    BytesResource(byte... sent) {
        this.sent = sent;
    }

    byte[] received() {
        return received.toByteArray();
    }

    @Override
    public InputStream input() {
        return new ByteArrayInputStream(sent);
    }

    @Override
    public OutputStream output() {
        return received;
    }
}
