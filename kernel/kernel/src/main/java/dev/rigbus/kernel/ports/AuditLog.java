package dev.rigbus.kernel.ports;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who did what to which board: written once, never changed. Safe to use from any thread. */
public interface AuditLog {
    /** Complete once the entry is on this node's disk; until then it may be lost. */
    Future<Void> append(Entry entry);

    /**
     * The newest entries of a span of time, from all nodes that answer, oldest first.
     *
     * @param from milliseconds of the lab's time, inclusive
     * @param until the same, exclusive
     * @param limit at most so many; 1 to {@value #MAX_LIMIT}
     */
    Future<Page> read(long from, long until, int limit);

    /** The most entries that one reading gives. */
    int MAX_LIMIT = 1000;

    /**
     * One thing that was done, or refused.
     *
     * @param time milliseconds of the lab's time
     * @param node where it was asked for
     * @param actor who asked, such as {@code client default/ann}
     * @param action such as {@code lease.create}
     * @param object what it was done to, such as {@code lease default/0199…}
     * @param outcome {@code ok}, or why not
     * @param detail whatever else a reader wants to know; never a secret
     */
    record Entry(
            long time,
            String node,
            String actor,
            String action,
            String object,
            String outcome,
            Map<String, String> detail) {
        public Entry {
            detail = Map.copyOf(detail);
        }
    }

    /**
     * What a reading found.
     *
     * @param silent the nodes that did not answer; what they wrote is missing
     */
    record Page(List<Entry> entries, Set<String> silent) {
        public Page {
            entries = List.copyOf(entries);
            silent = Set.copyOf(silent);
        }
    }
}
