package dev.rigbus.cluster.beacon;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the beacon is sent and heard.
 *
 * @param group a multicast address
 * @param networkInterface absent for the one that the system chooses
 * @param interval between two
 */
public record BeaconConfig(String group, int port, @Nullable String networkInterface, Duration interval) {
    public static final Duration INTERVAL = Duration.ofSeconds(5);
}
