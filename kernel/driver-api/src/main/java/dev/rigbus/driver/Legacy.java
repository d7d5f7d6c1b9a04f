package dev.rigbus.driver;

import java.util.List;
import java.util.Map;

/**
 * What an instance of a driver leaves to the one that takes its place. The other is mostly of another class loader, so that values are of the
 * JDK, of Vert.x and of this package alone; a process, a {@link ByteStream} of a {@link Transports} and a buffer are fine, an object of a
 * class of the driver's own is refused.
 *
 * @param device what belongs to all streams, by names that both sides know
 * @param streams those that were open
 */
public record Legacy(Map<String, ?> device, List<Stream> streams) {
    /**
     * A stream and what it takes to go on with it.
     *
     * @param stream as the old instance opened it for a client
     * @param state by names that both sides know
     */
    public record Stream(ByteStream stream, Map<String, ?> state) {}
}
