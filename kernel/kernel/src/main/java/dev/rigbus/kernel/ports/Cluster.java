package dev.rigbus.kernel.ports;

import java.util.Set;
import java.util.function.Consumer;

/** The nodes of the lab, as this one sees them. Safe to use from any thread. */
public interface Cluster {
    /** The name of this node, unique in the lab, the same after a restart. */
    String self();

    /** The nodes that can be reached, this one among them. */
    Set<String> members();

    /** The member that has been there longest; each side of a split has one. */
    String oldest();

    /** Whether more than half of the nodes that belong to the lab can be reached; what only one side of a split may do depends on it. */
    boolean hasMajority();

    /** Milliseconds since 1970 of the lab: the same on all nodes whatever their clocks say, and never running backwards. */
    long time();

    /** Tells of each change of the members, on a thread that must not be held up. */
    RecordStore.Registration watch(Consumer<Set<String>> listener);
}
