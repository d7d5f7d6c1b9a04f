package dev.rigbus.driver;

import io.vertx.core.Future;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;

/**
 * Connections that are byte streams already, with half-close and back-pressure, and without a copy between the device's socket
 * and the client's. A connection that cannot be made fails with an {@link java.io.IOException} that names the address.
 */
public interface Transports {
    /** @param port 1..65535 */
    Future<ByteStream> tcp(String host, int port);

    /** A stream socket of the file system. */
    Future<ByteStream> unix(Path path);

    /** A datagram socket that speaks to this one address: one chunk is one datagram, both ways. It has no end of its own. */
    Future<ByteStream> udp(String host, int port);

    /** A WebSocket ({@code ws} or {@code wss}): one chunk is one binary message, both ways. */
    Future<ByteStream> webSocket(URI url);

    /** A stream whose both ends are in this process: what is written comes back, and its end too. */
    ByteStream loop();

    /**
     * A byte stream over a pair of blocking streams, such as those of a process, a terminal or a vendor's library; each direction has a
     * thread of its own. {@code onClose} runs once, when the stream is closed from either side, and must make a blocked read return.
     */
    ByteStream blocking(InputStream in, OutputStream out, Runnable onClose);
}
