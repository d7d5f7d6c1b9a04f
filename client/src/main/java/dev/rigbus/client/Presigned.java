package dev.rigbus.client;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that the exporter makes itself when a driver reads what is lent to it, so that large files come from their server directly. It follows
 * at most ten redirects, and leaves out what is secret among the headers when these lead to another host.
 *
 * @param method {@code GET} to read, {@code PUT} to write
 */
public record Presigned(URI url, String method, Map<String, String> headers) {
    /** To read an address. */
    public static Presigned get(URI url) {
        return new Presigned(url, "GET", Map.of());
    }

    public Presigned {
        if (!method.equals("GET") && !method.equals("PUT")) {
            throw new IllegalArgumentException("method: " + method + " (expected: GET or PUT)");
        }
        headers = Map.copyOf(headers);
    }

    /** An argument for a method that takes a resource. */
    public Object handle() {
        Map<String, Object> handle = new LinkedHashMap<>();
        handle.put("kind", "presigned_request");
        handle.put("headers", headers);
        handle.put("url", url.toString());
        handle.put("method", method);
        return handle;
    }

    /** Headers may be secret. */
    @Override
    public String toString() {
        return method + " " + url;
    }
}
