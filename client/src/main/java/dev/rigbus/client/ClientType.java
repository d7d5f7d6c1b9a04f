package dev.rigbus.client;

import java.util.Set;
import java.util.function.Function;

/**
 * A typed client.
 *
 * @param type of the client
 * @param labels the values of {@code jumpstarter.dev/client} by which exporters say that a driver is of this kind
 * @param factory makes one; nothing is called
 */
public record ClientType<T>(Class<T> type, Set<String> labels, Function<DriverNode, T> factory) {
    public ClientType {
        labels = Set.copyOf(labels);
    }
}
