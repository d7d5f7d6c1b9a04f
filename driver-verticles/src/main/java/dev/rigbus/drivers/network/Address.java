package dev.rigbus.drivers.network;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** What clients are told of a socket that they may as well reach themselves. */
final class Address {
    private Address() {}

    static IllegalArgumentException disabled() {
        return new IllegalArgumentException("enable_address mode is not true in the exporter configuration");
    }

    /** The host resolved if it can be, an IPv6 address in brackets. Blocks while the name is looked up. */
    static String of(String scheme, String host, int port) {
        String text = host;
        try {
            InetAddress address = InetAddress.getByName(host);
            text = address instanceof Inet6Address
                    ? "[" + compressed((Inet6Address) address) + "]"
                    : address.getHostAddress();
        } catch (UnknownHostException e) {
            // The client may know a name that this host does not.
        }
        return scheme + "://" + text + ":" + port;
    }

    /** The shortest form (RFC 5952): the longest run of zero groups becomes two colons. */
    private static String compressed(Inet6Address address) {
        byte[] bytes = address.getAddress();
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
        }
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
            } else {
                text.append(text.length() == 0 || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
