package dev.rigbus.kernel.resource;

import dev.rigbus.driver.Reason;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The body of an upload. Closing it ends the body and waits for the server to agree. */
final class PresignedOutput extends OutputStream {
    private final PresignedResource request;
    private final HttpConnection http;
    private final @Nullable Long promised;
    private final OutputStream body;
    private long written;
    private boolean closed;

    /** @param promised the length that the headers announce, if they do */
    PresignedOutput(PresignedResource request, HttpConnection http, @Nullable Long promised) {
        this.request = request;
        this.http = http;
        this.promised = promised;
        this.body = promised == null ? new HttpBody.ChunkedOutput(http.out()) : http.out();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        written += length;
        if (promised != null && written > promised) {
            throw lengthDiffers();
        }
        try {
            body.write(bytes, offset, length);
        } catch (IOException e) {
            throw refused(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            body.flush();
        } catch (IOException e) {
            throw refused(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (promised != null && written < promised) {
            throw lengthDiffers();
        }
        try {
            end();
            request.check(http.head(), request.shownUrl());
        } catch (IOException e) {
            throw refused(e);
        }
        request.close();
    }

    private void end() throws IOException {
        if (body instanceof HttpBody.ChunkedOutput chunks) {
            chunks.finish();
        } else {
            body.flush();
        }
    }

    /** A server that will not take the body may say so and hang up at once; its answer then says more than the broken pipe. */
    private IOException refused(IOException cause) {
        closed = true;
        if (!(cause instanceof ResourceException)) {
            try {
                request.check(http.head(), request.shownUrl());
            } catch (ResourceException answer) {
                return answer;
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
        return request.failure("interrupted", request.shownUrl(), cause);
    }

    private IOException lengthDiffers() {
        closed = true;
        request.close();
        return new ResourceException(
                Reason.INVALID_ARGUMENT,
                "the presigned request announces a content-length of " + promised + " bytes, but there are "
                        + (promised != null && written > promised ? "more" : "only " + written),
                null);
    }
}
