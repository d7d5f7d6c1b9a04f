package dev.rigbus.kernel.tree;

import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** One place in the tree, with what is there. */
sealed interface TreeNode permits LocalNode, OutpostNode, OutpostNode.Brought {
    /** As {@code board.power}; empty for the root. */
    String path();

    /** Of the driver at this place; there from the start on. */
    UUID uuid();

    /** Those that this node starts and stops; parents before children. */
    List<UUID> uuids();

    /** Starts it; gives what stops it again. */
    Future<Supplier<Future<Void>>> start(Vertx vertx);

    /** What clients are told of the driver itself, without parent and name; there once it is started. */
    DriverInstanceReport report();

    /** Nodes below it, each by the name under which it is reported. */
    Map<String, TreeNode> children();
}
