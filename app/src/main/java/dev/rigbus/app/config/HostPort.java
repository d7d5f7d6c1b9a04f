package dev.rigbus.app.config;

import org.jspecify.annotations.Nullable;

/** An address as people write it: a host by name or number, and a port. */
public record HostPort(String host, int port) {
    /**
     * Reads {@code host:port}, {@code host}, {@code :port}, {@code port} and {@code [host]:port}.
     *
     * @param host where the text names none
     * @param port where the text names none
     * @return null where it is no address
     */
    public static @Nullable HostPort parse(String text, String host, int port) {
        String given = text.strip();
        if (given.matches("[0-9]{1,5}")) {
            given = ":" + given;
        }
        int end = given.startsWith("[") ? given.indexOf(']') + 1 : colon(given);
        if (end < 0 || (given.startsWith("[") && end == 0)) {
            return null;
        }
        String name = given.substring(0, end);
        String rest = given.substring(end);
        Integer number = rest.isEmpty() ? (Integer) port : number(rest);
        if (number == null || (name.isEmpty() && rest.isEmpty()) || name.chars().anyMatch(c -> c <= ' ' || c == '/')) {
            return null;
        }
        boolean bracketed = name.startsWith("[");
        String bare = bracketed ? name.substring(1, name.length() - 1) : name;
        return new HostPort(bare.isEmpty() ? host : bare, number);
    }

    /** Where the host ends: at the only colon; one of several belongs to an address in hexadecimal, which has no port then. */
    private static int colon(String text) {
        int first = text.indexOf(':');
        return first < 0 || first != text.lastIndexOf(':') ? text.length() : first;
    }

    private static @Nullable Integer number(String rest) {
        if (!rest.matches(":[0-9]{1,5}")) {
            return null;
        }
        int number = Integer.parseInt(rest.substring(1));
        return number > 65535 ? null : (Integer) number;
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
