package dev.rigbus.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.instance.BuildInfoProvider;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.NodeIdentity;
import io.vertx.core.net.HostAndPort;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SingleNodeTest {
    @TempDir
    private Path temp;

    @Test
    void isAllThatThereIs() {
        SingleNode node = new SingleNode("a", 0);
        assertThat(node.members()).containsExactly("a");
        assertThat(node.hasMajority()).isTrue();
        assertThat(Math.abs(node.time() - System.currentTimeMillis())).isLessThan(5_000);
        long later = System.currentTimeMillis() + 1_000_000;
        assertThat(new SingleNode("a", later).time()).isGreaterThanOrEqualTo(later);
    }

    @Test
    void isEnoughUntilAnotherIsInvited() throws Exception {
        InstantSource clock = InstantSource.system();
        LabKeys lab = LabKeys.openOrCreate(temp, clock);
        NodeIdentity identity = NodeIdentity.openOrCreate(temp, lab, "a", Set.of("localhost"), clock);
        MemoryRecords store = new MemoryRecords();
        SingleNode.announce(store, identity, HostAndPort.create("shelf", 8082), "1", Map.of())
                .await(10, TimeUnit.SECONDS);
        assertThat(SingleNode.isEnough(store.all(NodeRecord.KIND), "a")).isTrue();
        NodeAdmission admission = new NodeAdmission(store, lab, "a", () -> 1, false);
        String token = admission.invite("b").await(10, TimeUnit.SECONDS).token();
        assertThat(JoinToken.parse(token).addresses()).containsExactly(HostAndPort.create("shelf", 8082));
        assertThat(SingleNode.isEnough(store.all(NodeRecord.KIND), "a")).isFalse();
        admission.revoke("b").await(10, TimeUnit.SECONDS);
        assertThat(SingleNode.isEnough(store.all(NodeRecord.KIND), "a")).isTrue();
    }

    @Test
    void knowsWhichHazelcastItWouldHave() {
        assertThat(BuildInfoProvider.getBuildInfo().getVersion()).startsWith(HazelcastRelease.MINOR + ".");
    }

    /** In a JVM of its own, which says what it loads. */
    @Test
    void loadsNothingOfHazelcast() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-verbose:class",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Alone.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .redirectOutput(new File(temp.toFile(), "out"))
                .start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        String loaded = Files.readString(temp.resolve("out"), StandardCharsets.UTF_8);
        assertThat(loaded)
                .contains("node a is alone", "dev.rigbus.cluster.node.SingleNode")
                .doesNotContain("com.hazelcast.");
    }

    static final class Alone {
        private Alone() {}

        public static void main(String[] folder) throws Exception {
            InstantSource clock = InstantSource.system();
            Path data = Path.of(folder[0], "alone");
            LabKeys lab = LabKeys.openOrCreate(data, clock);
            NodeIdentity identity = NodeIdentity.openOrCreate(data, lab, "a", Set.of("localhost"), clock);
            MemoryRecords store = new MemoryRecords();
            SingleNode.announce(store, identity, HostAndPort.create("shelf", 8082), "1", Map.of())
                    .await(10, TimeUnit.SECONDS);
            SingleNode node = new SingleNode("a", 0);
            if (SingleNode.isEnough(store.all(NodeRecord.KIND), "a")) {
                System.out.println("node " + node.self() + " is alone");
            }
        }
    }
}
