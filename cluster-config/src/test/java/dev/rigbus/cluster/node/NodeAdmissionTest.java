package dev.rigbus.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.kernel.ports.StoredRecord;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is invited, comes, and is shut out. */
@Timeout(30)
class NodeAdmissionTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final HostAndPort NEW = HostAndPort.create("new.example", 8082);

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final GrpcServer server = new GrpcServer(loops, GrpcLimits.DEFAULT);
    private final MemoryRecords store = new MemoryRecords();
    private final AtomicLong time = new AtomicLong(1_000_000);

    @TempDir
    private Path temp;

    private LabKeys lab;
    private NodeIdentity first;

    @BeforeEach
    void makeKeys() throws IOException {
        lab = LabKeys.openOrCreate(temp.resolve("a"), CLOCK);
        first = NodeIdentity.openOrCreate(temp.resolve("a"), lab, "a", Set.of("localhost"), CLOCK);
    }

    @AfterEach
    void stop() throws Exception {
        server.close().get(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }

    private NodeAdmission serve(LabKeys keys, NodeIdentity identity, boolean clustered) throws Exception {
        NodeAdmission admission = new NodeAdmission(store, keys, "a", time::get, clustered);
        int port = ((InetSocketAddress) server.listen(
                                new InetSocketAddress("127.0.0.1", 0),
                                admission.handlers(),
                                new LabTls(identity).server(null, List.of("h2")))
                        .sync()
                        .channel()
                        .localAddress())
                .getPort();
        int first = NodeRecord.firstPort(keys.fingerprint());
        NodeRecord self = new NodeRecord("a", 1, first, NodeRecord.State.ACTIVE, null, null, null, null, null, 0)
                .present(
                        NodeRecord.State.ACTIVE,
                        "127.0.0.1:" + port,
                        "1",
                        HazelcastRelease.MINOR,
                        identity.keyFingerprint());
        StoredRecord before = store.get(NodeRecord.KIND, "a");
        store.write(NodeRecord.KIND, "a", before == null ? 0 : before.version(), self.json());
        return admission;
    }

    private Path invite(NodeAdmission admission, String name) throws Exception {
        return Files.writeString(
                temp.resolve(name + ".token"),
                admission.invite(name).await(10, TimeUnit.SECONDS).token() + "\n");
    }

    private void join(Path token, String folder) throws IOException {
        Joining.join(token, temp.resolve(folder), NEW, Set.of("localhost"), "2", CLOCK);
    }

    private NodeRecord record(String name) {
        return store.node(name);
    }

    @Test
    void aTokenMakesANodeWithTheLabsKeysAndTheNodesKnown() throws Exception {
        Path token = invite(serve(lab, first, true), "b");
        assertThat(record("b").state()).isEqualTo(NodeRecord.State.INVITED);
        join(token, "b");
        LabKeys got = LabKeys.openOrCreate(temp.resolve("b"), CLOCK);
        assertThat(got.secretText()).isEqualTo(lab.secretText());
        NodeIdentity identity = NodeIdentity.openOrCreate(temp.resolve("b"), got, "b", Set.of("localhost"), CLOCK);
        NodeRecord joined = record("b");
        assertThat(joined.state()).isEqualTo(NodeRecord.State.ACTIVE);
        assertThat(joined.key()).isEqualTo(identity.keyFingerprint());
        assertThat(joined.address()).isEqualTo(NEW.toString());
        assertThat(joined.ticket()).isNull();
        assertThat(record("a").port()).isEqualTo(NodeRecord.firstPort(lab.fingerprint()));
        assertThat(List.of(joined.number(), joined.port()))
                .containsExactly(2, record("a").port() + 2);
        assertThat(Joining.known(temp.resolve("b"))).containsExactlyInAnyOrderElementsOf(store.all(NodeRecord.KIND));
        // Started again with the same token in its command line, it stays what it is.
        join(token, "b");
    }

    @Test
    void aTokenIsGoodForOneNode() throws Exception {
        Path token = invite(serve(lab, first, true), "b");
        join(token, "b");
        assertThatThrownBy(() -> join(token, "again"))
                .isInstanceOf(IOException.class)
                .hasMessage("the join token of node b has been used, or taken back; make a new one with"
                        + " `rigbus admin create node`");
        assertThat(LabKeys.areIn(temp.resolve("again"))).isFalse();
    }

    @Test
    void aTokenIsGoodForADay() throws Exception {
        Path token = invite(serve(lab, first, true), "b");
        time.addAndGet(Duration.ofHours(24).toMillis() + 1);
        assertThatThrownBy(() -> join(token, "b"))
                .hasMessageStartingWith("the join token of node b was good until 1970");
    }

    @Test
    void aWrongSecretIsNoWayIn() throws Exception {
        NodeAdmission admission = serve(lab, first, true);
        JoinToken real =
                JoinToken.parse(Files.readString(invite(admission, "b")).strip());
        JoinToken forged = new JoinToken("b", real.authority(), real.addresses(), new byte[32]);
        Path file = Files.writeString(temp.resolve("forged"), forged.text());
        assertThatThrownBy(() -> join(file, "b")).hasMessageStartingWith("the join token of node b has been used");
        assertThat(record("b").state()).isEqualTo(NodeRecord.State.INVITED);
    }

    @Test
    void theSecretIsNotToldToAnotherLab() throws Exception {
        LabKeys elsewhere = LabKeys.openOrCreate(temp.resolve("x"), CLOCK);
        NodeIdentity impostor =
                NodeIdentity.openOrCreate(temp.resolve("x"), elsewhere, "a", Set.of("localhost"), CLOCK);
        serve(elsewhere, impostor, true);
        Path token = invite(new NodeAdmission(store, lab, "a", time::get, true), "b");
        assertThatThrownBy(() -> join(token, "b"))
                .hasMessageContaining("no node of the lab can be reached")
                .hasMessageContaining("it belongs to another lab than the join token");
        assertThat(record("b").state()).isEqualTo(NodeRecord.State.INVITED);
    }

    @Test
    void aNodeThatRunsAloneSaysWhatToDo() throws Exception {
        Path token = invite(serve(lab, first, false), "b");
        assertThatThrownBy(() -> join(token, "b")).hasMessageContaining("node a runs alone; restart it");
        assertThat(record("b").state()).isEqualTo(NodeRecord.State.INVITED);
    }

    @Test
    void anInvitationCanBeTakenBack() throws Exception {
        NodeAdmission admission = serve(lab, first, true);
        Path token = invite(admission, "b");
        admission.revoke("b").await(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> join(token, "b")).hasMessageContaining("taken back");
        assertThatThrownBy(() -> admission.revoke("a").await(10, TimeUnit.SECONDS))
                .hasMessageContaining("itself");
        assertThatThrownBy(() -> admission.revoke("c").await(10, TimeUnit.SECONDS))
                .hasMessageContaining("no node c");
    }

    @Test
    void aNodeThatIsThereIsNotInvitedAgain() throws Exception {
        NodeAdmission admission = serve(lab, first, true);
        join(invite(admission, "b"), "b");
        assertThatThrownBy(() -> admission.invite("b").await(10, TimeUnit.SECONDS))
                .hasMessageContaining("revoke it first");
        assertThatThrownBy(() -> admission.invite("No Name").await(10, TimeUnit.SECONDS))
                .hasMessageContaining("node name No Name (expected:");
    }

    @Test
    void onlyANodeOfTheLabDrains() throws Exception {
        NodeAdmission admission = serve(lab, first, true);
        Path token = invite(admission, "b");
        assertThatThrownBy(() -> admission.drain("b").await(10, TimeUnit.SECONDS))
                .hasMessageContaining("no node b");
        join(token, "b");
        admission.drain("b").await(10, TimeUnit.SECONDS);
        assertThat(record("b").state()).isEqualTo(NodeRecord.State.DRAINING);
    }

    @Test
    void aFolderOfAnotherLabIsLeftAlone() throws Exception {
        Path token = invite(serve(lab, first, true), "b");
        LabKeys other = LabKeys.openOrCreate(temp.resolve("b"), CLOCK);
        assertThatThrownBy(() -> join(token, "b")).hasMessageContaining("belongs to another lab");
        assertThat(LabKeys.openOrCreate(temp.resolve("b"), CLOCK).fingerprint()).isEqualTo(other.fingerprint());
    }

    @Test
    void whatIsNoTokenIsNamed() throws Exception {
        Path file = Files.writeString(temp.resolve("t"), "hello");
        assertThatThrownBy(() -> join(file, "b"))
                .hasMessage("the join token " + file + " cannot be used: it does not begin with rigbus-join-1.");
        Path cut = Files.writeString(temp.resolve("t"), "rigbus-join-1.eyJub2RlIjoi");
        assertThatThrownBy(() -> join(cut, "b")).hasMessageContaining("it is cut off or changed");
    }
}
