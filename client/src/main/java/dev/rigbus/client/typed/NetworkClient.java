package dev.rigbus.client.typed;

import dev.rigbus.client.DriverNode;
import dev.rigbus.client.PortForward;
import dev.rigbus.client.RawStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A port that the exporter reaches and its clients do not. */
public final class NetworkClient {
    private final DriverNode driver;

    public NetworkClient(DriverNode driver) {
        this.driver = driver;
    }

    /** Connects to it. */
    public RawStream connect() {
        return driver.stream("connect");
    }

    /** Where it is, as {@code tcp://host:port}; for exporters that tell. */
    public String address() {
        return String.valueOf(driver.call("address"));
    }

    /**
     * Listens on a port here, each of whose connections is one to there.
     *
     * @param port 0 for one that the system chooses
     */
    public PortForward forwardTcp(String host, int port) throws IOException {
        return PortForward.tcp(new InetSocketAddress(host, port), () -> driver.async().stream("connect"));
    }

    /** The same with a Unix socket, which only this user can use. */
    public PortForward forwardUnix(Path socket) throws IOException {
        return PortForward.unix(socket, () -> driver.async().stream("connect"));
    }
}
