package dev.rigbus.cluster.node;

import dev.rigbus.cluster.tunnel.NodeTunnels;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the other nodes, before this one joins them, whether it can: what they say is clearer than what Hazelcast would. */
final class Neighbours {
    private static final Logger log = LoggerFactory.getLogger(Neighbours.class);

    private final NodeTable table;
    private final NodeTunnels tunnels;
    private final String self;
    private final String protocol;

    Neighbours(NodeTable table, NodeTunnels tunnels, String self, String protocol) {
        this.table = table;
        this.tunnels = tunnels;
        this.self = self;
        this.protocol = protocol;
    }

    /** Fails if a node has another release of Hazelcast, or if none lets this one in though some can be reached. */
    Future<Void> check() {
        List<Future<Void>> answers = table.all().stream()
                .filter(node -> node.counts() && !node.name().equals(self))
                .map(node -> tunnels.probe(node.name(), protocol))
                .toList();
        return Future.join(answers).transform(done -> judge(answers));
    }

    private static Future<Void> judge(List<Future<Void>> answers) {
        boolean welcome = answers.stream().anyMatch(Future::succeeded);
        for (Future<Void> answer : answers) {
            if (answer.failed()) {
                String text = String.valueOf(answer.cause().getMessage());
                log.info("no connection yet to {}", text);
                if (text.contains(NodeTunnels.OTHER_PROTOCOL)) {
                    return Future.failedFuture(
                            new IOException(
                                    text + ": its Hazelcast is not " + HazelcastRelease.MINOR
                                            + " (all nodes of a lab need the same one: stop them all, and start them with the same release)"));
                }
                if (!welcome && text.contains(NodeTunnels.NOT_LET_IN)) {
                    return Future.failedFuture(new IOException(text));
                }
            }
        }
        return Future.succeededFuture();
    }
}
