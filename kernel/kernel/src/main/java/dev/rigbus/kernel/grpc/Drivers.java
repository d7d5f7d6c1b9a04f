package dev.rigbus.kernel.grpc;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.call.Addresses;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** The drivers that clients of one exporter may name, and their addresses. Immutable. */
final class Drivers {
    private final Map<String, String> addresses = new HashMap<>();

    Drivers(Collection<UUID> uuids) {
        uuids.forEach(uuid -> addresses.put(uuid.toString(), Addresses.driver(uuid)));
    }

    /**
     * The address of a driver.
     *
     * @throws DriverException with the stock texts for what is no uuid and for an unknown one
     */
    String address(String uuid) {
        String address = addresses.get(uuid);
        if (address != null) {
            return address;
        }
        String canonical = canonical(uuid);
        address = addresses.get(canonical);
        if (address == null) {
            throw new DriverException(Reason.UNKNOWN, "Unexpected <class 'KeyError'>: UUID('" + canonical + "')");
        }
        return address;
    }

    /** As lenient as stock: upper case, braces, a urn prefix, and no dashes. */
    private static String canonical(String uuid) {
        String hex = uuid.replace("urn:", "")
                .replace("uuid:", "")
                .replaceAll("[{}-]", "")
                .toLowerCase(Locale.ROOT);
        if (!hex.matches("[0-9a-f]{32}")) {
            throw new DriverException(
                    Reason.UNKNOWN, "Unexpected <class 'ValueError'>: badly formed hexadecimal UUID string");
        }
        return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
