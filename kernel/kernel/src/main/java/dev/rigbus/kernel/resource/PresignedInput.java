package dev.rigbus.kernel.resource;

import java.io.IOException;
import java.io.InputStream;

/** The body of a download; at its end the connection is let go. */
final class PresignedInput extends InputStream {
    private final PresignedResource request;
    private final InputStream body;
    private final String shownUrl;

    PresignedInput(PresignedResource request, InputStream body, String shownUrl) {
        this.request = request;
        this.body = body;
        this.shownUrl = shownUrl;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int count = body.read(bytes, offset, length);
            if (count < 0) {
                request.close();
            }
            return count;
        } catch (IOException e) {
            throw request.failure("interrupted", shownUrl, e);
        }
    }

    @Override
    public void close() throws IOException {
        request.close();
        body.close();
    }
}
