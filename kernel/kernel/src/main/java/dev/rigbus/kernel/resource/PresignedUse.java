package dev.rigbus.kernel.resource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A presigned request in use by a call, whose connection it lets go when it ends. */
final class PresignedUse implements ResourceTable.OpenResource {
    private final PresignedResource request;

    PresignedUse(PresignedResource request) {
        this.request = request;
    }

    @Override
    public InputStream input() throws IOException {
        return request.input();
    }

    @Override
    public OutputStream output() throws IOException {
        return request.output();
    }

    @Override
    public void finish(boolean succeeded) {
        request.close();
    }
}
