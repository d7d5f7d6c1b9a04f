package dev.rigbus.kernel.resource;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A client's stream in use by a call, plain to the driver whatever it is packed as on the way. */
final class StreamUse implements ResourceTable.OpenResource {
    private final ResourcePipe pipe;
    private final @Nullable Compression compression;

    StreamUse(ResourcePipe pipe, @Nullable String encoding) {
        this.pipe = pipe;
        this.compression = encoding == null ? null : Compression.of(encoding);
    }

    @Override
    public InputStream input() throws IOException {
        return compression == null ? pipe.input() : compression.decode(pipe.input());
    }

    @Override
    public OutputStream output() throws IOException {
        return compression == null ? pipe.output() : compression.encode(pipe.output());
    }

    @Override
    public void finish(boolean succeeded) {
        pipe.finish();
    }
}
