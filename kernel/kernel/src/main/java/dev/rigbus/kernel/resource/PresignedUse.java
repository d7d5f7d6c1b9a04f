package dev.rigbus.kernel.resource;

import dev.rigbus.driver.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A presigned request in use by a call, which it makes itself and ends itself. */
final class PresignedUse implements ResourceTable.OpenResource {
    private final Resource request;

    PresignedUse(Resource request) {
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
        // The request ended with the stream that the call closed.
    }
}
