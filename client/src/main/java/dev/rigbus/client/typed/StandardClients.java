package dev.rigbus.client.typed;

import dev.rigbus.client.ClientProvider;
import dev.rigbus.client.ClientType;
import java.util.List;
import java.util.Set;

/** The typed clients of the usual drivers, by the client classes of the Python implementation and those that are derived from them. */
public final class StandardClients implements ClientProvider {
    private static final String DRIVER = "jumpstarter_driver_";
    private static final String MUX_FLASHER = DRIVER + "opendal.client.StorageMuxFlasherClient";

    @Override
    public List<ClientType<?>> types() {
        return List.of(
                new ClientType<>(
                        PowerClient.class,
                        Set.of(
                                DRIVER + "power.client.PowerClient",
                                DRIVER + "power.client.VirtualPowerClient",
                                DRIVER + "noyito_relay.client.NoyitoPowerClient",
                                DRIVER + "ridesx.client.RideSXPowerClient",
                                DRIVER + "snmp.client.SNMPServerClient"),
                        PowerClient::new),
                new ClientType<>(
                        SerialConsole.class, Set.of(DRIVER + "pyserial.client.PySerialClient"), SerialConsole::new),
                new ClientType<>(
                        NetworkClient.class,
                        Set.of(DRIVER + "network.client.NetworkClient", DRIVER + "network.client.DbusNetworkClient"),
                        NetworkClient::new),
                new ClientType<>(
                        StorageClient.class, Set.of(DRIVER + "opendal.client.OpendalClient"), StorageClient::new),
                new ClientType<>(
                        StorageMuxClient.class,
                        Set.of(DRIVER + "opendal.client.StorageMuxClient", MUX_FLASHER),
                        StorageMuxClient::new),
                new ClientType<>(
                        FlasherClient.class,
                        Set.of(
                                DRIVER + "opendal.client.FlasherClient",
                                "jumpstarter.client.flasher.FlasherClient",
                                DRIVER + "pi_pico.client.PiPicoClient",
                                DRIVER + "ridesx.client.RideSXClient",
                                DRIVER + "stlink_msd.client.StlinkMsdFlasherClient",
                                DRIVER + "qemu.client.QemuFlasherClient"),
                        FlasherClient::new),
                new ClientType<>(MuxFlasherClient.class, Set.of(MUX_FLASHER), MuxFlasherClient::new),
                new ClientType<>(ShellClient.class, Set.of(DRIVER + "shell.client.ShellClient"), ShellClient::new));
    }
}
