package dev.rigbus.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.cluster.node.NodeRecord.State;
import dev.rigbus.testkit.MemoryRecordStore;
import org.junit.jupiter.api.Test;

class NodeStatesTest {
    private final MemoryRecordStore records = new MemoryRecordStore(() -> 1);

    private void state(State state) {
        var before = records.get(NodeRecord.KIND, "n1");
        NodeRecord record = new NodeRecord("n1", 1, 17_002, state, "n1.test:8082", "1", "5.7", null, null, 0);
        assertThat(records.write(NodeRecord.KIND, "n1", before == null ? 0 : before.version(), record.json())
                        .succeeded())
                .isTrue();
    }

    @Test
    void aNodeDrainsFromTheTimeThatItsRecordSaysSoUntilItSaysOtherwise() {
        state(State.ACTIVE);
        NodeStates states = new NodeStates(records);
        assertThat(states.isDraining("n1")).isFalse();
        state(State.DRAINING);
        assertThat(states.isDraining("n1")).isTrue();
        assertThat(states.isDraining("n2")).isFalse();
        state(State.ACTIVE);
        assertThat(states.isDraining("n1")).isFalse();
    }

    @Test
    void whatWasWrittenBeforeCounts() {
        state(State.DRAINING);
        assertThat(new NodeStates(records).isDraining("n1")).isTrue();
    }

    @Test
    void aRecordThatCannotBeReadStopsNobody() {
        records.write(NodeRecord.KIND, "n1", 0, "{}");
        assertThat(new NodeStates(records).isDraining("n1")).isFalse();
    }
}
