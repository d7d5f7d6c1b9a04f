package dev.rigbus.lab.router;

import java.time.Duration;

/**
 * What the router lets peers take.
 *
 * @param waiting how many may wait for their peers at one time
 * @param patience how long each may wait; stock knows no limit
 * @param idle after how long without a byte in either direction a pair is ended; tunnels of stock peers ping every 20 seconds
 * @param windowBytes how much each side of a pair may have under way
 * @param lastWords how long a side that does not read has, before it is ended without the last bytes
 */
public record RouterLimits(int waiting, Duration patience, Duration idle, int windowBytes, Duration lastWords) {
    public static final RouterLimits DEFAULT =
            new RouterLimits(4096, Duration.ofMinutes(2), Duration.ofHours(1), 1024 * 1024, Duration.ofSeconds(10));
}
