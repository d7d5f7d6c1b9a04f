package dev.rigbus.drivers.network;

import dev.rigbus.driver.Settings;

/**
 * Where a socket leads.
 *
 * @param enableAddress whether clients may know it
 */
record SocketConfig(String host, int port, boolean enableAddress) {
    static SocketConfig read(Settings settings) {
        return new SocketConfig(settings.string("host"), settings.port("port"), settings.bool("enable_address", true));
    }
}
