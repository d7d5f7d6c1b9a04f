package dev.rigbus.cluster.node;

import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.net.HostAndPort;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What this node writes about itself. */
final class OwnRecord {
    private static final int ATTEMPTS = 5;

    private final RecordStore store;
    private final String self;
    private final NodeIdentity identity;
    private final HostAndPort address;
    private final String release;
    private final Map<String, String> labels;

    OwnRecord(
            RecordStore store, NodeIdentity identity, HostAndPort address, String release, Map<String, String> labels) {
        this.store = store;
        this.self = identity.name();
        this.identity = identity;
        this.address = address;
        this.release = release;
        this.labels = labels;
    }

    /** As it is now, whatever has been written down of it; the first node of a lab has no record yet. */
    static NodeRecord of(
            @Nullable NodeRecord known,
            NodeIdentity identity,
            HostAndPort address,
            String release,
            Map<String, String> labels) {
        NodeRecord base = known != null
                ? known
                : new NodeRecord(
                        identity.name(),
                        1,
                        NodeRecord.firstPort(identity.lab().fingerprint()),
                        NodeRecord.State.ACTIVE,
                        null,
                        null,
                        null,
                        null,
                        null,
                        0);
        // A node that is started again takes part again.
        NodeRecord.State state = base.state() == NodeRecord.State.REVOKED ? base.state() : NodeRecord.State.ACTIVE;
        return base.present(state, address.toString(), release, HazelcastRelease.MINOR, identity.keyFingerprint())
                .withLabels(labels);
    }

    Future<Void> announce() {
        return change(known -> of(known, identity, address, release, labels), ATTEMPTS);
    }

    Future<Void> drain() {
        return change(known -> of(known, identity, address, release, labels).with(NodeRecord.State.DRAINING), ATTEMPTS);
    }

    private Future<Void> change(UnaryOperator<@Nullable NodeRecord> change, int attempts) {
        StoredRecord stored = store.get(NodeRecord.KIND, self);
        String value = stored == null ? null : stored.value();
        NodeRecord known = value == null ? null : NodeRecord.parse(self, value);
        String next = change.apply(known).json();
        if (next.equals(value)) {
            return Future.succeededFuture();
        }
        return store.write(NodeRecord.KIND, self, stored == null || value == null ? 0 : stored.version(), next)
                .<Void>mapEmpty()
                .recover(cause ->
                        isPassing(cause) && attempts > 1 ? change(change, attempts - 1) : Future.failedFuture(cause));
    }

    /** Several nodes that start at once make the lab re-form once for each. */
    private static boolean isPassing(Throwable cause) {
        return cause instanceof ConflictException || cause instanceof StoreUnavailableException;
    }
}
