package dev.rigbus.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.testkit.FreePorts;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ClusterNodeTest {
    private final List<TestNode> nodes = new ArrayList<>();

    @TempDir
    private Path temp;

    private LabKeys lab;

    @BeforeEach
    void makeKeys() throws Exception {
        lab = LabKeys.openOrCreate(temp, InstantSource.system());
        for (String name : List.of("a", "b")) {
            nodes.add(new TestNode(temp, lab, name, nodes.size() + 1));
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (TestNode node : nodes) {
            node.stop();
        }
    }

    private ClusterNode start(int index) throws Exception {
        return nodes.get(index).start(nodes);
    }

    private static void serve(ClusterNode node, String address) throws Exception {
        node.vertx()
                .eventBus()
                .<String>consumer(address)
                .handler(message -> message.reply(node.self() + " " + message.body()))
                .completion()
                .await(10, TimeUnit.SECONDS);
    }

    private static String ask(ClusterNode node, String address) throws Exception {
        Future<String> answer = node.vertx()
                .eventBus()
                .<String>request(address, "hello", new DeliveryOptions().setSendTimeout(1_000))
                .map(message -> message.body())
                .otherwise(cause -> String.valueOf(cause.getMessage()));
        return answer.await(5, TimeUnit.SECONDS);
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it takes too long").isLessThan(until);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    void twoNodesAreOneLabWithOneTime() throws Exception {
        nodes.get(1).skewMillis = 600_000;
        ClusterNode a = start(0);
        assertThat(a.members()).containsExactly("a");
        assertThat(a.hasMajority()).isFalse();
        ClusterNode b = start(1);
        eventually(() -> a.members().equals(Set.of("a", "b")));
        assertThat(b.members()).isEqualTo(Set.of("a", "b"));
        assertThat(List.of(a.oldest(), b.oldest())).containsOnly("a");
        assertThat(a.hasMajority() && b.hasMajority()).isTrue();
        assertThat(Math.abs(a.time() - b.time())).isLessThan(10_000);
        serve(b, "greet");
        assertThat(ask(a, "greet")).isEqualTo("b hello");
    }

    @Test
    void aSplitHealsAndTheBusIsWholeAgain() throws Exception {
        ClusterNode a = start(0);
        ClusterNode b = start(1);
        eventually(() -> a.members().size() == 2 && b.members().size() == 2);
        serve(a, "at/a");
        serve(b, "at/b");
        assertThat(ask(b, "at/a")).isEqualTo("a hello");
        nodes.forEach(node -> node.wire.cut());
        eventually(() -> a.members().size() == 1 && b.members().size() == 1);
        assertThat(a.hasMajority() || b.hasMajority()).isFalse();
        eventually(() -> ask(a, "at/b").startsWith("No handlers"));
        serve(a, "later/a");
        serve(b, "later/b");
        nodes.forEach(node -> node.wire.heal());
        eventually(() -> a.members().size() == 2 && b.members().size() == 2);
        for (String address : List.of("at/a", "later/a")) {
            eventually(() -> ask(b, address).equals("a hello"));
        }
        for (String address : List.of("at/b", "later/b")) {
            eventually(() -> ask(a, address).equals("b hello"));
        }
        assertThat(a.oldest()).isEqualTo(b.oldest());
    }

    /** A node that stood still misses the others while they meet again already, and clears after them: in what they all share. */
    @Test
    void whoIsMissedThoughItIsThereIsFoundAgain() throws Exception {
        ClusterNode a = start(0);
        ClusterNode b = start(1);
        eventually(() -> a.members().size() == 2 && b.members().size() == 2);
        serve(b, "at/b");
        eventually(() -> ask(a, "at/b").equals("b hello"));
        var manager = (TunnelledHazelcast) ((VertxInternal) a.vertx()).clusterManager();
        Cluster cluster = manager.getHazelcastInstance().getCluster();
        Member other = cluster.getMembers().stream()
                .filter(member -> !member.localMember())
                .findFirst()
                .orElseThrow();
        manager.memberRemoved(
                new MembershipEvent(cluster, other, MembershipEvent.MEMBER_REMOVED, cluster.getMembers()));
        eventually(() -> ask(a, "at/b").equals("b hello"));
        // What b itself has looked up before is looked up again as well.
        serve(a, "at/a");
        eventually(() -> ask(b, "at/a").equals("a hello"));
    }

    @Test
    void aNodeThatDrainsIsSeenAndOneThatIsRevokedIsCutOffAndNotLetInAgain() throws Exception {
        ClusterNode a = start(0);
        ClusterNode b = start(1);
        MemoryRecords records = new MemoryRecords();
        a.follow(records).await(10, TimeUnit.SECONDS);
        b.follow(records).await(10, TimeUnit.SECONDS);
        eventually(() -> a.members().size() == 2 && b.members().size() == 2);
        b.drain().await(10, TimeUnit.SECONDS);
        assertThat(state(records)).isEqualTo(NodeRecord.State.DRAINING);
        assertThat(a.hasMajority()).isTrue();
        serve(a, "at/a");
        assertThat(ask(b, "at/a")).isEqualTo("a hello");
        new NodeAdmission(records, lab, "a", a::time, true).revoke("b").await(10, TimeUnit.SECONDS);
        eventually(() -> a.members().equals(Set.of("a")));
        assertThat(a.links().connections("b")).isZero();
        assertThat(ask(b, "at/a")).isNotEqualTo("a hello");
        // What is left of the lab is whole.
        assertThat(a.hasMajority()).isTrue();
        b.close().await(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> nodes.get(1).start(nodes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it lets this node not in: node b has been revoked");
    }

    private static NodeRecord.State state(MemoryRecords records) {
        return records.node("b").state();
    }

    @Test
    void hazelcastIsOnLoopbackOnlyAndWantsTheLabsSecret() throws Exception {
        ClusterNode a = start(0);
        int port = a.hazelcastPort();
        for (var addresses = NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> !address.isLoopbackAddress() && address instanceof Inet4Address)
                        .iterator();
                addresses.hasNext(); ) {
            var address = addresses.next();
            assertThatThrownBy(() -> new Socket(address, port).close()).isInstanceOf(ConnectException.class);
        }
        new Socket("127.0.0.1", port).close();
        Config stranger = HazelcastConfig.of(
                new byte[32], FreePorts.one(), nodes.get(1).record(), List.of(port), Duration.ofSeconds(4));
        stranger.setProperty("hazelcast.max.join.seconds", "3");
        try {
            HazelcastInstance other = Hazelcast.newHazelcastInstance(stranger);
            int members = other.getCluster().getMembers().size();
            other.getLifecycleService().terminate();
            assertThat(members).isEqualTo(1);
        } catch (IllegalStateException e) {
            // Hazelcast ends itself where it is not let in.
            assertThat(e).hasMessageContaining("failed to start");
        }
        assertThat(a.members()).containsExactly("a");
    }
}
