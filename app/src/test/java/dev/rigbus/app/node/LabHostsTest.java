package dev.rigbus.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.kernel.tree.Whereabouts;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LabHostsTest {
    private final ManualCluster cluster = new ManualCluster("a", Instant.parse("2026-01-01T12:00:00Z"));
    private final MemoryRecordStore records = new MemoryRecordStore(cluster::time);
    private final LabHosts hosts = new LabHosts(cluster, records, new NodeStates(records));

    private void node(String name, NodeRecord.State state, Map<String, String> labels) {
        NodeRecord record =
                new NodeRecord(name, 1, 17_002, state, name + ".test:8082", "1", "5.7", null, null, 0, labels);
        records.write(NodeRecord.KIND, name, 0, record.json());
    }

    private List<String> fitting(List<String> nodes, Map<String, String> labels) {
        return hosts.fitting(new Whereabouts(nodes, labels));
    }

    @Test
    void nodesFitByTheirNamesOrLabelsAsLongAsTheyCanBeReached() {
        node("c", NodeRecord.State.ACTIVE, Map.of("rack", "1", "row", "x"));
        node("b", NodeRecord.State.ACTIVE, Map.of("rack", "1"));
        cluster.members(Set.of("a", "b", "c"), true);
        assertThat(fitting(List.of("c", "nosuch", "b"), Map.of())).containsExactly("c", "b");
        assertThat(fitting(List.of(), Map.of("rack", "1"))).containsExactly("b", "c");
        assertThat(fitting(List.of(), Map.of("rack", "1", "row", "x"))).containsExactly("c");
        assertThat(fitting(List.of("b"), Map.of("row", "x"))).isEmpty();
        cluster.members(Set.of("a", "b"), true);
        assertThat(fitting(List.of("c", "b"), Map.of())).containsExactly("b");
        assertThat(hosts.isThere("c")).isFalse();
    }

    @Test
    void whatCanRunAnywhereStaysUntilItMust() {
        node("b", NodeRecord.State.ACTIVE, Map.of());
        node("0", NodeRecord.State.ACTIVE, Map.of());
        cluster.members(Set.of("0", "a", "b"), true);
        assertThat(hosts.fitting(Whereabouts.ANYWHERE)).containsExactly("a", "0", "b");
        node("a", NodeRecord.State.DRAINING, Map.of());
        assertThat(hosts.fitting(Whereabouts.ANYWHERE)).containsExactly("0", "b", "a");
    }

    @Test
    void oneThatIsDrainedIsTheLastChoice() {
        node("b", NodeRecord.State.DRAINING, Map.of());
        node("c", NodeRecord.State.ACTIVE, Map.of());
        cluster.members(Set.of("a", "b", "c"), true);
        assertThat(fitting(List.of("b", "c"), Map.of())).containsExactly("c", "b");
        assertThat(fitting(List.of("b"), Map.of())).containsExactly("b");
    }
}
