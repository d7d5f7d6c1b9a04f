package dev.rigbus.lab.authority;

import io.vertx.core.Future;

/** An exporter's hardware side, as its authority tells it what to do. Used on the authority's context. */
interface Board {
    /** It is leased: to somebody else than before, or the lease went over to another client, or this is said once more. */
    void lease(BoardLease lease);

    /** It is not leased (any more). */
    void free();

    /** The lab has no more to do with it here. */
    void close();

    /** A way in for the client of the lease that the board has. Fails with a status that tells the client whether to try again. */
    Future<Invitation> dial(BoardLease lease);

    /** What a board is told of its lease. */
    record BoardLease(String name, String client, long fence) {}
}
