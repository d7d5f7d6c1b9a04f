package dev.rigbus.kernel.nodes;

import dev.rigbus.kernel.tree.Whereabouts;
import java.util.List;

/** The nodes of the lab, for who looks for one that drivers can run on. Safe to use from any thread. */
public interface Hosts {
    /** The name of this node. */
    String self();

    /** The nodes that can be reached and fit, the preferred one first; those that are being drained come last. */
    List<String> fitting(Whereabouts where);

    /** Whether a node can be reached. */
    boolean isThere(String node);

    /** Whether a node is being drained: what can be elsewhere should leave it. */
    boolean isDraining(String node);
}
