package dev.rigbus.app.node;

import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.kernel.nodes.Hosts;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.tree.Whereabouts;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes of the lab by their records, for the placing of drivers. */
final class LabHosts implements Hosts {
    private final Cluster cluster;
    private final RecordStore records;
    private final NodeStates states;

    LabHosts(Cluster cluster, RecordStore records, NodeStates states) {
        this.cluster = cluster;
        this.records = records;
        this.states = states;
    }

    @Override
    public String self() {
        return cluster.self();
    }

    @Override
    public List<String> fitting(Whereabouts where) {
        Set<String> members = cluster.members();
        List<String> wanted = where.nodes().isEmpty() ? nearest(members) : where.nodes();
        return wanted.stream()
                .filter(members::contains)
                .filter(node -> where.labels().isEmpty()
                        || labels(node).entrySet().containsAll(where.labels().entrySet()))
                .sorted(Comparator.comparing(states::isDraining))
                .toList();
    }

    /** This one, then the others. */
    private List<String> nearest(Set<String> members) {
        return members.stream()
                .sorted(Comparator.comparing((String node) -> !node.equals(self()))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private Map<String, String> labels(String node) {
        var stored = records.get(NodeRecord.KIND, node);
        String value = stored == null ? null : stored.value();
        return value == null ? Map.of() : NodeRecord.parse(node, value).labels();
    }

    @Override
    public boolean isThere(String node) {
        return cluster.members().contains(node);
    }

    @Override
    public boolean isDraining(String node) {
        return states.isDraining(node);
    }
}
