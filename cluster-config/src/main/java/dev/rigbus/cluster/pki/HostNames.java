package dev.rigbus.cluster.pki;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bouncycastle.util.IPAddress;

/** The names and addresses under which peers may come to this host. */
public final class HostNames {
    private static final Pattern DNS =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\\.?");

    /** In the long form, which is the one that certificates are read back in. */
    private static final String LOOPBACK_6 = "0:0:0:0:0:0:0:1";

    private HostNames() {}

    /**
     * All that can be found out, and these.
     *
     * @param more such as the advertised host
     * @throws IllegalArgumentException for one of these that is neither a name nor an address
     */
    public static Set<String> of(Collection<String> more) {
        Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", LOOPBACK_6));
        addLocal(names);
        addInterfaces(names);
        for (String name : more) {
            names.add(checked(name));
        }
        return names;
    }

    private static String checked(String name) {
        if (IPAddress.isValid(name)) {
            return literal(name);
        }
        if (!DNS.matcher(name).matches()) {
            throw new IllegalArgumentException(name + " (expected: a host name or an address, without a port)");
        }
        return name;
    }

    private static String literal(String address) {
        try {
            return InetAddress.getByName(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    private static void addLocal(Set<String> names) {
        try {
            InetAddress local = InetAddress.getLocalHost();
            for (String name : new String[] {local.getHostName(), local.getCanonicalHostName()}) {
                if (DNS.matcher(name).matches()) {
                    names.add(name);
                }
            }
        } catch (UnknownHostException e) {
            // The host does not know its own name; it will be called by its address, then.
        }
    }

    private static void addInterfaces(Set<String> names) {
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                    .forEach(names::add);
        } catch (SocketException e) {
            // No interface is up: loopback has been named.
        }
    }
}
