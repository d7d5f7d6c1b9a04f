package dev.rigbus.cluster.node;

import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.testkit.FreePorts;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node of a lab in the JVM of the test, with a wire that the others reach it by. */
final class TestNode {
    private static final InstantSource CLOCK = InstantSource.system();

    final String name;
    final NodeIdentity identity;
    final int port;
    final Relay wire;
    final int number;
    final int virtualPort;
    long skewMillis;

    @Nullable
    ClusterNode node;

    TestNode(Path folder, LabKeys lab, String name, int number) throws IOException {
        this.name = name;
        this.number = number;
        this.identity = NodeIdentity.openOrCreate(folder.resolve(name), lab, name, Set.of("localhost"), CLOCK);
        this.port = FreePorts.one();
        this.wire = new Relay(port);
        this.virtualPort = FreePorts.first(2);
    }

    HostAndPort address() {
        return HostAndPort.create("127.0.0.1", wire.port());
    }

    NodeRecord record() {
        return new NodeRecord(name, number, virtualPort, NodeRecord.State.ACTIVE, null, null, null, null, null, 0)
                .present(
                        NodeRecord.State.ACTIVE,
                        address().toString(),
                        "1",
                        HazelcastRelease.MINOR,
                        identity.keyFingerprint());
    }

    static StoredRecord stored(NodeRecord record, long version) {
        return new StoredRecord(NodeRecord.KIND, record.name(), version, 0, record.json());
    }

    Future<ClusterNode> starting(List<TestNode> known) {
        List<StoredRecord> records = new ArrayList<>();
        known.forEach(each -> records.add(stored(each.record(), 1)));
        long skew = skewMillis;
        return ClusterNode.start(new ClusterConfig(
                        identity,
                        address(),
                        "1",
                        Map.of(),
                        records,
                        0,
                        List.of(),
                        null,
                        this::open,
                        Duration.ofSeconds(4),
                        new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(4),
                        () -> System.currentTimeMillis() + skew))
                .onSuccess(started -> node = started);
    }

    ClusterNode start(List<TestNode> known) throws Exception {
        return starting(known).await(60, TimeUnit.SECONDS);
    }

    private Future<?> open(Vertx vertx, Map<String, Supplier<? extends ChannelHandler>> protocols) {
        List<String> names = new ArrayList<>(List.of("h2"));
        names.addAll(protocols.keySet());
        try {
            ChannelFuture bound = new GrpcServer(((VertxInternal) vertx).nettyEventLoopGroup(), GrpcLimits.DEFAULT)
                    .listen(
                            new InetSocketAddress("127.0.0.1", port),
                            CallHandlers.NONE,
                            new LabTls(identity).server(null, names),
                            protocols);
            return Future.future(promise -> bound.addListener(done -> {
                if (done.isSuccess()) {
                    promise.complete();
                } else {
                    promise.fail(done.cause());
                }
            }));
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    ClusterNode running() {
        return Objects.requireNonNull(node);
    }

    void stop() throws Exception {
        if (node != null) {
            node.close().await(30, TimeUnit.SECONDS);
        }
        wire.close();
    }
}
