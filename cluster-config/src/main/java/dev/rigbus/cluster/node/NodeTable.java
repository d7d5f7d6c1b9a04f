package dev.rigbus.cluster.node;

import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.tunnel.Nodes;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.net.HostAndPort;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of the lab as this one knows them: from its disk before it has joined, from the store afterwards. Safe to use from any thread.
 */
final class NodeTable implements Nodes {
    private static final Logger log = LoggerFactory.getLogger(NodeTable.class);

    private final List<HostAndPort> more;
    private final Map<String, NodeRecord> nodes = new ConcurrentHashMap<>();
    private final Map<String, Long> versions = new ConcurrentHashMap<>();
    private final Map<String, HostAndPort> seen = new ConcurrentHashMap<>();
    private final List<Consumer<NodeRecord>> listeners = new CopyOnWriteArrayList<>();

    /** @param more addresses at which there may be any of the nodes */
    NodeTable(List<HostAndPort> more) {
        this.more = List.copyOf(more);
    }

    /** Takes over what is newer than what is known. */
    void update(StoredRecord record) {
        Long known = versions.get(record.key());
        if (known != null && known > record.version()) {
            return;
        }
        versions.put(record.key(), record.version());
        String value = record.value();
        try {
            if (value == null) {
                NodeRecord gone = nodes.get(record.key());
                if (gone != null) {
                    put(gone.with(NodeRecord.State.REVOKED));
                }
            } else {
                put(NodeRecord.parse(record.key(), value));
            }
        } catch (IllegalArgumentException e) {
            log.error("{}", e.getMessage());
        }
    }

    private void put(NodeRecord node) {
        NodeRecord before = nodes.put(node.name(), node);
        if (!node.equals(before)) {
            listeners.forEach(listener -> listener.accept(node));
        }
    }

    /** This node, as it is now; what the store has of it comes later. */
    void own(NodeRecord node) {
        put(node);
    }

    RecordStore.Registration follow(RecordStore store) {
        RecordStore.Registration watch = store.watch(NodeRecord.KIND, this::update);
        store.all(NodeRecord.KIND).forEach(this::update);
        return watch;
    }

    /** Tells of every node that is there or comes, and of every change. */
    void onChange(Consumer<NodeRecord> listener) {
        listeners.add(listener);
        nodes.values().forEach(listener);
    }

    /** A node has told where it is. */
    void seenAt(String node, HostAndPort address) {
        seen.put(node, address);
    }

    @Nullable
    NodeRecord get(String name) {
        return nodes.get(name);
    }

    Collection<NodeRecord> all() {
        return List.copyOf(nodes.values());
    }

    /** Whether these are more than half of the nodes that belong to the lab. */
    boolean isMajority(Set<String> members) {
        long all = nodes.values().stream().filter(NodeRecord::counts).count();
        long here = nodes.values().stream()
                .filter(node -> node.counts() && members.contains(node.name()))
                .count();
        return here * 2 > all;
    }

    /** The key decides, not the name: all nodes have what it takes to sign a certificate for any name. */
    @Override
    public Optional<String> refusal(LabTls.Peer peer) {
        NodeRecord node = nodes.get(peer.name());
        if (node == null) {
            return Optional.of("there is no node " + peer.name() + " in this lab");
        }
        if (node.state() == NodeRecord.State.REVOKED) {
            return Optional.of("node " + peer.name() + " has been revoked");
        }
        if (!peer.key().equals(node.key())) {
            return Optional.of("the key of node " + peer.name() + " is not the one that it has joined with");
        }
        return Optional.empty();
    }

    @Override
    public List<HostAndPort> addresses(String name) {
        Set<HostAndPort> addresses = new LinkedHashSet<>();
        HostAndPort last = seen.get(name);
        if (last != null) {
            addresses.add(last);
        }
        NodeRecord node = nodes.get(name);
        if (node != null && node.where() != null) {
            addresses.add(node.where());
        }
        addresses.addAll(more);
        return List.copyOf(addresses);
    }
}
