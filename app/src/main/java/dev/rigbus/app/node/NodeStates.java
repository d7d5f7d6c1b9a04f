package dev.rigbus.app.node;

import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which nodes take no new leases, by their records. Safe to use from any thread. */
final class NodeStates {
    private static final Logger log = LoggerFactory.getLogger(NodeStates.class);

    private final RecordStore records;
    private final RecordStore.Registration watch;
    private final Set<String> draining = ConcurrentHashMap.newKeySet();

    NodeStates(RecordStore records) {
        this.records = records;
        this.watch = records.watch(NodeRecord.KIND, record -> look(record.key()));
        records.all(NodeRecord.KIND).forEach(record -> look(record.key()));
    }

    boolean isDraining(String node) {
        return draining.contains(node);
    }

    /** What stands there now counts, in whatever order notices arrive. */
    private synchronized void look(String node) {
        StoredRecord stored = records.get(NodeRecord.KIND, node);
        if (stored != null && stored.value() != null && isDraining(node, stored.value())) {
            if (draining.add(node)) {
                log.atInfo().addKeyValue("node", node).log("is draining: it grants no new leases");
            }
        } else {
            draining.remove(node);
        }
    }

    private static boolean isDraining(String node, String value) {
        try {
            return NodeRecord.parse(node, value).state() == NodeRecord.State.DRAINING;
        } catch (IllegalArgumentException e) {
            log.atError().addKeyValue("node", node).log("passed over: {}", e.getMessage());
            return false;
        }
    }

    void close() {
        watch.cancel();
    }
}
