package dev.rigbus.app.node;

import dev.rigbus.cluster.node.NodeAdmission;
import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.admin.LabNodes;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The nodes of the lab, by their records and by who can be reached. */
record Nodes(Cluster cluster, RecordStore records, NodeAdmission admission, String endpoint, String version)
        implements LabNodes {
    @Override
    public List<Fact> all() {
        List<Fact> facts = new ArrayList<>();
        records.all(NodeRecord.KIND)
                .forEach(stored -> facts.add(fact(NodeRecord.parse(stored.key(), String.valueOf(stored.value())))));
        if (facts.stream().noneMatch(fact -> fact.name().equals(cluster.self()))) {
            facts.add(new Fact(cluster.self(), "up", endpoint, version, null));
        }
        facts.sort(java.util.Comparator.comparing(Fact::name));
        return facts;
    }

    private Fact fact(NodeRecord node) {
        boolean there = cluster.members().contains(node.name());
        boolean member = node.state() == NodeRecord.State.ACTIVE || node.state() == NodeRecord.State.DRAINING;
        String state = member && !there
                ? "lost"
                : node.state() == NodeRecord.State.ACTIVE
                        ? "up"
                        : node.state().name().toLowerCase(Locale.ROOT);
        return new Fact(node.name(), state, String.valueOf(node.address()), String.valueOf(node.version()), null);
    }

    @Override
    public Future<Invitation> invite(String node) {
        return admission.invite(node).map(made -> new Invitation(made.token(), made.expires()));
    }

    @Override
    public Future<Void> revoke(String node) {
        return admission.revoke(node);
    }

    @Override
    public Future<Void> drain(String node) {
        return admission.drain(node);
    }
}
