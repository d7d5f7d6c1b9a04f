package dev.rigbus.kernel.resource;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a client passes for a {@link dev.rigbus.driver.Resource}: where the data are. */
public sealed interface ResourceHandle {
    /**
     * The data go through a stream that the client has opened on the same driver.
     *
     * @param contentEncoding how the client's data are packed; see {@link Compression}
     */
    record ClientStream(UUID uuid, @Nullable String contentEncoding) implements ResourceHandle {}

    /**
     * The data are on a web server, and the exporter fetches or delivers them itself.
     *
     * @param url exactly as the client gave it, since a signature may cover every byte; its query is secret
     * @param method {@code GET} or {@code PUT}
     */
    record Presigned(Map<String, String> headers, String url, String method) implements ResourceHandle {
        public Presigned {
            headers = Map.copyOf(headers);
        }

        @Override
        public String toString() {
            return "Presigned[" + method + " " + HttpUrl.redacted(url) + "]";
        }
    }

    /**
     * Reads the decoded argument of a call.
     *
     * @throws IllegalArgumentException says what is wrong with it
     */
    static ResourceHandle read(@Nullable Object value) {
        return HandleReader.handle(value);
    }
}
