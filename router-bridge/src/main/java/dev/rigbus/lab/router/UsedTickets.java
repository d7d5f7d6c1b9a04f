package dev.rigbus.lab.router;

import dev.rigbus.lab.identity.RouterTokens.Ticket;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/**
 * The tickets that have opened their stream. Those of this lab are good for one stream; of tokens that others made with its key nobody can
 * tell. Remembers so many of the latest.
 */
final class UsedTickets {
    private static final int MOST = 100_000;

    private final Set<String> used = new HashSet<>();
    private final Queue<String> order = new ArrayDeque<>();

    /** Says whether it may open a stream still. */
    synchronized boolean isFresh(Ticket ticket) {
        return ticket.purpose() == null || ticket.id() == null || !used.contains(ticket.id());
    }

    /** Says whether it might, and uses it up. */
    synchronized boolean use(Ticket ticket) {
        String id = ticket.id();
        if (ticket.purpose() == null || id == null) {
            return true;
        }
        if (!used.add(id)) {
            return false;
        }
        order.add(id);
        if (order.size() > MOST) {
            used.remove(order.remove());
        }
        return true;
    }
}
