package dev.rigbus.cluster.node;

import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.net.HostAndPort;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A lab of one node, which needs no others and waits for none. */
public final class SingleNode implements Cluster {
    private final String self;
    private final LabClock clock;

    /**
     * @param recorded the latest time that a record of this lab bears, in milliseconds since 1970; the lab's time goes on from there
     */
    public SingleNode(String self, long recorded) {
        this(self, new LabClock(System::currentTimeMillis, System::nanoTime), recorded);
    }

    SingleNode(String self, LabClock clock, long recorded) {
        this.self = self;
        this.clock = clock;
        clock.atLeast(recorded);
    }

    /** Writes this node into the records, so that others can be invited to it. */
    public static Future<Void> announce(
            RecordStore store, NodeIdentity identity, HostAndPort address, String release, Map<String, String> labels) {
        return new OwnRecord(store, identity, address, release, labels).announce();
    }

    /** Whether a lab has other nodes than this one, or has invited some: it has to be started as one of many, then. */
    public static boolean isEnough(Collection<StoredRecord> nodes, String self) {
        return nodes.stream().allMatch(node -> node.key().equals(self) || !isAwaited(node));
    }

    private static boolean isAwaited(StoredRecord node) {
        return node.value() != null
                && NodeRecord.parse(node.key(), node.value()).state() != NodeRecord.State.REVOKED;
    }

    @Override
    public String self() {
        return self;
    }

    @Override
    public Set<String> members() {
        return Set.of(self);
    }

    @Override
    public String oldest() {
        return self;
    }

    @Override
    public boolean hasMajority() {
        return true;
    }

    @Override
    public long time() {
        return clock.time();
    }

    @Override
    public RecordStore.Registration watch(Consumer<Set<String>> listener) {
        return () -> {};
    }
}
