package dev.rigbus.lab.router;

/** Counts what the router does. Called on event loops, once for each piece of a stream: must be quick. */
public interface RouterMeter {
    RouterMeter NONE = new RouterMeter() {};

    /** Bytes of streams, gRPC's prefixes among them, as they are passed on. */
    default void passed(int bytes) {}

    /** A pair is joined ({@code 1}) or over ({@code -1}). */
    default void pairs(int change) {}

    /** A peer begins ({@code 1}) or stops ({@code -1}) to wait. */
    default void waiting(int change) {}

    /** A peer was refused for its token. */
    default void refused() {}
}
