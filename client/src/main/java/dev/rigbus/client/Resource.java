package dev.rigbus.client;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * A stream that is lent to a driver: bytes that are written here are what the method reads that gets the handle, and what it writes is read here.
 *
 * @param channel the client's end
 * @param handle an argument for the method
 */
public record Resource(ByteChannel channel, Object handle) {
    static Future<Resource> of(ByteChannel channel) {
        String text = channel.metadata().get("resource");
        String why = "its answer has " + (text == null ? "none" : text);
        try {
            if (text != null && Json.read(text) instanceof Map<?, ?> handle) {
                return Future.succeededFuture(new Resource(channel, handle));
            }
        } catch (IllegalArgumentException e) {
            why = Objects.requireNonNullElse(e.getMessage(), why);
        }
        channel.close();
        return Future.failedFuture(new IOException("the exporter lends no resource: " + why));
    }

    /** Whether the exporter unpacks what it is told is compressed; one that does not say so wants the content itself. */
    public boolean isUnpacked() {
        return channel.metadata().containsKey("x_jmp_accept_encoding");
    }
}
