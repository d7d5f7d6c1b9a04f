package dev.rigbus.drivers.network;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import java.util.List;

/** The network drivers. */
public final class NetworkDrivers implements DriverProvider {
    static final String CLIENT = "jumpstarter_driver_network.client.NetworkClient";
    private static final String PACKAGE = "jumpstarter_driver_network.driver.";

    @Override
    public List<DriverType<?>> types() {
        return List.of(
                DriverType.of(PACKAGE + "TcpNetwork", SocketConfig::read, TcpNetwork::new),
                DriverType.of(PACKAGE + "UdpNetwork", SocketConfig::read, UdpNetwork::new),
                DriverType.of(PACKAGE + "UnixNetwork", UnixNetwork.Config::read, UnixNetwork::new),
                DriverType.of(PACKAGE + "EchoNetwork", EchoNetwork::new),
                DriverType.of(PACKAGE + "WebsocketNetwork", WebsocketNetwork.Config::read, WebsocketNetwork::new));
    }
}
