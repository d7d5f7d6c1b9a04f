package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** One place in the tree, with what is there. */
sealed interface TreeNode permits LocalNode, MountedNode {
    /** As {@code board.power}; empty for the root. */
    String path();

    /** Of the driver at this place; there from the start on. */
    UUID uuid();

    /** Those that this node starts and stops: one driver, or all behind a mount; parents before children. */
    List<UUID> uuids();

    /** Starts it; gives what stops it again. */
    Future<Supplier<Future<Void>>> start(Vertx vertx);

    /** The entries of the node itself, and those of what is mounted here, without name and parent of the first. */
    List<DriverInstanceReport> reports();

    /** Nodes below it, each by the name under which it is reported. */
    Map<String, TreeNode> children();
}
