package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Problem;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.session.LogHub;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;

/** Knows which nodes of a configuration run elsewhere, and how. */
public interface Mounts {
    /** Everything runs here. */
    Mounts NONE = new Mounts() {
        @Override
        public boolean takes(NodeSpec node) {
            return false;
        }

        @Override
        public List<Problem> check(NodeSpec node, ExporterSpec spec) {
            return List.of();
        }

        @Override
        public Mount mount(NodeSpec node, Place place) {
            throw new IllegalStateException(node.key() + " runs here");
        }
    };

    /**
     * Where in a running exporter something is mounted.
     *
     * @param path of the names in the tree, as {@code board.power}
     * @param log of the driver at that place; clients see it
     * @param logs takes what the drivers behind the mount say
     * @param pickups where streams are left that are opened behind it
     * @param threads for what blocks
     */
    record Place(
            ExporterSpec exporter, String path, Logger log, LogHub logs, Pickups pickups, ExecutorService threads) {}

    /** Whether this node of a configuration, with all that is below it, is mounted. */
    boolean takes(NodeSpec node);

    /** What can be said against a node that it takes without starting anything. */
    List<Problem> check(NodeSpec node, ExporterSpec spec);

    /** Makes the mount of a node that it takes and that was checked; starts nothing. */
    Mount mount(NodeSpec node, Place place);
}
