package dev.rigbus.cluster.node;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import dev.rigbus.kernel.ports.RecordStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that can be reached, by what Hazelcast says, the oldest first. */
final class ClusterView implements MembershipListener {
    private static final Logger log = LoggerFactory.getLogger(ClusterView.class);

    private final HazelcastInstance hazelcast;
    private final String self;
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
    private volatile List<String> names;

    ClusterView(HazelcastInstance hazelcast, String self) {
        this.hazelcast = hazelcast;
        this.self = self;
        this.names = List.of(self);
        hazelcast.getCluster().addMembershipListener(this);
        refresh();
    }

    Set<String> members() {
        return Set.copyOf(names);
    }

    String oldest() {
        return names.get(0);
    }

    /** The listener is told on a thread of Hazelcast's, which must not be held up. */
    RecordStore.Registration watch(Consumer<Set<String>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Ends Hazelcast at once. */
    void terminate() {
        hazelcast.getLifecycleService().terminate();
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        refresh();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        refresh();
    }

    private synchronized void refresh() {
        Set<String> now = new LinkedHashSet<>();
        for (Member member : hazelcast.getCluster().getMembers()) {
            String name = member.getAttribute(HazelcastConfig.NODE_ATTRIBUTE);
            if (name != null) {
                now.add(name);
            }
        }
        now.add(self);
        List<String> next = List.copyOf(now);
        if (!next.equals(names)) {
            log.info("nodes: {}", String.join(", ", next));
            names = next;
            listeners.forEach(listener -> listener.accept(Set.copyOf(next)));
        }
    }
}
