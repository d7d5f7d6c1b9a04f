package dev.rigbus.drivers.testing;

import dev.rigbus.driver.Resource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A client's file in memory; the client may go away on the way. */
public final class BytesResource implements Resource {
    private final byte[] content;
    private final int breaksOffAt;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    private BytesResource(byte[] content, int breaksOffAt) {
        this.content = content;
        this.breaksOffAt = breaksOffAt;
    }

    public static BytesResource of(byte[] content) {
        return new BytesResource(content, Integer.MAX_VALUE);
    }

    /** A client that vanishes after so many bytes. */
    public static BytesResource brokenAt(byte[] content, int bytes) {
        return new BytesResource(content, bytes);
    }

    public static BytesResource empty() {
        return of(new byte[0]);
    }

    /** What the driver has given. */
    public byte[] taken() {
        return taken.toByteArray();
    }

    @Override
    public InputStream input() {
        return new FilterInputStream(new ByteArrayInputStream(content)) {
            private int given;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int left = breaksOffAt - given;
                if (left == 0) {
                    throw new IOException("the client went away");
                }
                int count = in.read(into, offset, Math.min(length, Math.min(left, 1000)));
                given += Math.max(0, count);
                return count;
            }
        };
    }

    @Override
    public OutputStream output() {
        return taken;
    }
}
