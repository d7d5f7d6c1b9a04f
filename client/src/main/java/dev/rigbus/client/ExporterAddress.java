package dev.rigbus.client;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where an exporter can be reached. */
public sealed interface ExporterAddress {
    /** A port on a host, given by name or number. */
    record Tcp(String host, int port) implements ExporterAddress {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** A socket in the file system. */
    record Unix(Path path) implements ExporterAddress {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * Reads an address as stock clients do: {@code host:port} where a number from 1 to 65535 follows the last colon, else the path of a
     * Unix socket.
     *
     * @throws IllegalArgumentException for an empty text
     */
    static ExporterAddress parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the address is empty (expected: host:port, or the path of a socket)");
        }
        int colon = text.lastIndexOf(':');
        int port = colon < 1 ? 0 : port(text.substring(colon + 1));
        if (port == 0) {
            return new Unix(Path.of(text));
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new Tcp(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    /**
     * Reads one address or several that lead to the same, as gRPC has them: also {@code ipv4:A:P,B:P}, {@code ipv6:[A]:P,[B]:P},
     * {@code dns:HOST:P} and {@code unix:PATH}.
     *
     * @throws IllegalArgumentException for an empty text
     */
    static List<ExporterAddress> parseAll(String text) {
        int colon = text.indexOf(':');
        String rest = text.substring(colon + 1);
        return switch (text.substring(0, Math.max(0, colon))) {
            case "ipv4", "ipv6" ->
                Stream.of(rest.split(",", -1)).map(ExporterAddress::parse).toList();
            case "dns" -> List.of(parse(rest.replaceFirst("^//[^/]*/", "")));
            case "unix" -> List.of(new Unix(Path.of(rest.replaceFirst("^//", ""))));
            default -> List.of(parse(text));
        };
    }

    /**
     * The address that {@code JUMPSTARTER_HOST} names, as it does inside {@code jmp shell} and in hooks.
     *
     * @throws IllegalArgumentException where it is not set
     */
    static ExporterAddress ofEnvironment(Map<String, String> environment) {
        String text = environment.get("JUMPSTARTER_HOST");
        if (text == null) {
            throw new IllegalArgumentException(
                    "JUMPSTARTER_HOST is not set; it names the exporter (host:port, or the path of a socket)");
        }
        return parse(text);
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            return 0;
        }
        int port = Integer.parseInt(text);
        return port <= 65535 ? port : 0;
    }
}
