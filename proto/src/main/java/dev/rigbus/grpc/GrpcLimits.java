package dev.rigbus.grpc;

import java.time.Duration;

/**
 * The bounds of a connection.
 *
 * @param messageBytes the largest message that is taken
 * @param streamWindowBytes how much of a call may be under way before its reader has taken it
 * @param connectionWindowBytes the same for all calls of a connection together; it refills without regard to the readers
 * @param headerBytes the largest header list that is taken
 * @param resetsPerWindow how many streams a peer may reset in 30 seconds
 * @param keepAlive after how much silence the peer is asked for a sign of life, and how long it has to give it
 * @param grace how long running calls may go on when a server stops
 */
public record GrpcLimits(
        int messageBytes,
        int streamWindowBytes,
        int connectionWindowBytes,
        int headerBytes,
        int resetsPerWindow,
        Duration keepAlive,
        Duration grace) {
    /**
     * What stock peers expect: 4 MiB messages (protocol 8.2), a keepalive of 20 seconds. The windows are sized for a LAN; HTTP/2's own 64 KiB
     * would cut large payloads down to a fraction of their speed.
     */
    public static final GrpcLimits DEFAULT = new GrpcLimits(
            4 * 1024 * 1024,
            1024 * 1024,
            8 * 1024 * 1024,
            64 * 1024,
            100_000,
            Duration.ofSeconds(20),
            Duration.ofSeconds(1));
}
