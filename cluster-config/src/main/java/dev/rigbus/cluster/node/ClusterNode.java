package dev.rigbus.cluster.node;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import dev.rigbus.cluster.beacon.Beacon;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.cluster.tunnel.NodeTunnels;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as one of the nodes of a lab. Hazelcast and the event bus listen on loopback only; what goes between hosts goes through
 * tunnels over the main ports.
 */
public final class ClusterNode implements Cluster {
    private static final Logger log = LoggerFactory.getLogger(ClusterNode.class);
    private static final Duration TIME_PATIENCE = Duration.ofSeconds(10);
    private static final int LEAVE_SECONDS = 15;
    private static final String BUS = "rigbus-bus/1";

    private final ClusterConfig config;
    private final NodeTable table;
    private final NodeRecord own;
    private final LabClock clock;
    private final int hazelcastPort = freePort();
    private final int busPort = freePort();
    private final Set<String> forwarded = ConcurrentHashMap.newKeySet();
    private @Nullable NodeTunnels tunnels;
    private @Nullable Vertx vertx;
    private @Nullable Config hazelcastConfig;
    private @Nullable ClusterView view;
    private @Nullable LabTime time;
    private @Nullable Beacon beacon;
    private @Nullable OwnRecord ownRecord;
    private @Nullable Future<Void> closing;

    private ClusterNode(ClusterConfig config) {
        this.config = config;
        this.clock = new LabClock(config.millis(), System::nanoTime);
        clock.atLeast(config.recorded());
        this.table = new NodeTable(config.join());
        config.records().forEach(table::update);
        NodeRecord known = table.get(self());
        this.own = OwnRecord.of(known, config.identity(), config.address(), config.release(), config.labels());
        table.own(own);
    }

    /**
     * Joins the nodes that can be reached, or waits for others to come.
     *
     * @return fails with an {@link IOException} whose text is for users
     */
    public static Future<ClusterNode> start(ClusterConfig config) {
        ClusterNode node = new ClusterNode(config);
        TunnelledHazelcast manager = new TunnelledHazelcast(node::openWays);
        return Vertx.builder()
                .with(new VertxOptions(config.vertx()).setEventBusOptions(node.busOptions()))
                .withClusterManager(manager)
                .buildClustered()
                .compose(vertx -> node.joined(vertx, manager.getHazelcastInstance()));
    }

    /** Tunnels between other releases of Hazelcast lead to nothing, so they are not made: the name says which it is. */
    private static String hazelcastProtocol() {
        return "rigbus-tunnel/1-hz" + HazelcastRelease.MINOR;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port of the loopback interface is free", e);
        }
    }

    private EventBusOptions busOptions() {
        NodeIdentity.Pair pem = config.identity().pem();
        return new EventBusOptions()
                .setHost("127.0.0.1")
                .setPort(busPort)
                .setClusterPublicHost("127.0.0.1")
                .setClusterPublicPort(own.busPort())
                .setClusterPingInterval(5_000)
                .setClusterPingReplyInterval(5_000)
                .setConnectTimeout(5_000)
                // Whoever else works on this host can reach the port: it wants a certificate too.
                .setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addKeyValue(Buffer.buffer(pem.key()))
                        .addCertValue(Buffer.buffer(pem.certificate())))
                .setTrustOptions(new PemTrustOptions()
                        .addCertValue(Buffer.buffer(config.identity().lab().caPem())));
    }

    private Future<Config> openWays(Vertx made) {
        vertx = made;
        NodeTunnels opened = new NodeTunnels(made, new LabTls(config.identity()), table);
        tunnels = opened;
        Map<String, Supplier<? extends ChannelHandler>> protocols = Map.of(
                NodeTunnels.PUMP,
                opened::pump,
                BUS,
                () -> opened.tunnelTo(() -> new InetSocketAddress("127.0.0.1", busPort)),
                hazelcastProtocol(),
                () -> opened.tunnelTo(() -> new InetSocketAddress("127.0.0.1", hazelcastPort)));
        return config.port()
                .open(made, protocols)
                .compose(open ->
                        Future.all(forwardToAll(), new Neighbours(table, opened, self(), hazelcastProtocol()).check()))
                .map(forwarding -> {
                    startBeacon(made);
                    hazelcastConfig = HazelcastConfig.of(
                            config.identity().lab().derive("hazelcast"),
                            hazelcastPort,
                            own,
                            otherPorts(),
                            config.silence());
                    return hazelcastConfig;
                })
                // Vert.x takes its event loops away when it hears of this, and what is open then stays open.
                .recover(failure -> {
                    opened.close();
                    return config.port().close().transform(closed -> Future.failedFuture(failure));
                });
    }

    private void startBeacon(Vertx made) {
        if (config.beacon() != null) {
            beacon = new Beacon(made, config.beacon(), config.identity(), config.address(), table::seenAt);
            beacon.start();
        }
    }

    private List<Integer> otherPorts() {
        return table.all().stream()
                .filter(node -> node.counts() && !node.name().equals(self()))
                .map(NodeRecord::port)
                .toList();
    }

    private Future<?> forwardToAll() {
        List<Future<Void>> all = new ArrayList<>();
        table.onChange(node -> all.add(nodeChanged(node)));
        return Future.join(all);
    }

    /** A node has come, has moved, or is shut out. */
    private Future<Void> nodeChanged(NodeRecord node) {
        NodeTunnels ways = Objects.requireNonNull(tunnels);
        if (node.name().equals(self())) {
            return Future.succeededFuture();
        }
        if (!node.counts()) {
            if (forwarded.remove(node.name())) {
                log.info("node {} is shut out", node.name());
            }
            ways.cut(node.name());
            return Future.succeededFuture();
        }
        if (!forwarded.add(node.name())) {
            return Future.succeededFuture();
        }
        lookFor(node);
        return Future.join(
                        ways.forward(node.name(), hazelcastProtocol(), node.port()),
                        ways.forward(node.name(), BUS, node.busPort()))
                .mapEmpty();
    }

    /** Hazelcast looks there too when it searches for the other side of a split. */
    private void lookFor(NodeRecord node) {
        if (hazelcastConfig != null) {
            hazelcastConfig
                    .getAdvancedNetworkConfig()
                    .getJoin()
                    .getTcpIpConfig()
                    .addMember("127.0.0.1:" + node.port());
        }
    }

    private Future<ClusterNode> joined(Vertx made, HazelcastInstance hazelcast) {
        ClusterView seen = new ClusterView(hazelcast, self());
        LabTime keeper = new LabTime(made, clock, self(), seen::oldest);
        view = seen;
        time = keeper;
        seen.watch(members -> made.runOnContext(any -> keeper.check()));
        return keeper.start(TIME_PATIENCE).map(taken -> this);
    }

    /**
     * Goes on with the lab's records, once they are open: the list of nodes comes from there, and this node is written into it.
     *
     * @return complete when this node is known to be one of the lab
     */
    public Future<Void> follow(RecordStore store) {
        table.follow(store);
        OwnRecord record = new OwnRecord(store, config.identity(), config.address(), config.release(), config.labels());
        ownRecord = record;
        return record.announce();
    }

    /** This node takes no new leases from now on; the others see it. */
    public Future<Void> drain() {
        if (ownRecord == null) {
            return Future.failedFuture(new IllegalStateException("the node has not started yet"));
        }
        return ownRecord.drain();
    }

    /** The Vert.x that is one with that of the other nodes. */
    public Vertx vertx() {
        return Objects.requireNonNull(vertx);
    }

    /** Streams from node to node. */
    public NodeTunnels links() {
        return Objects.requireNonNull(tunnels);
    }

    int hazelcastPort() {
        return hazelcastPort;
    }

    private ClusterView view() {
        return Objects.requireNonNull(view);
    }

    @Override
    public String self() {
        return config.identity().name();
    }

    @Override
    public Set<String> members() {
        return view().members();
    }

    @Override
    public String oldest() {
        return view().oldest();
    }

    @Override
    public boolean hasMajority() {
        return table.isMajority(members());
    }

    @Override
    public long time() {
        return clock.time();
    }

    @Override
    public RecordStore.Registration watch(Consumer<Set<String>> listener) {
        return view().watch(listener);
    }

    /**
     * Leaves the others in good order, so that they need not miss this node first; then nothing of it is open. Closing twice is closing once.
     */
    public synchronized Future<Void> close() {
        if (closing == null) {
            closing = leave();
        }
        return closing;
    }

    private Future<Void> leave() {
        if (beacon != null) {
            beacon.stop();
        }
        if (time != null) {
            time.stop();
        }
        var late = GlobalEventExecutor.INSTANCE.schedule(this::giveUp, LEAVE_SECONDS, TimeUnit.SECONDS);
        return vertx().close().onComplete(done -> {
            late.cancel(false);
            links().close();
        });
    }

    /** Hazelcast may wait for long for what does not come, such as the other side of a merge. */
    private void giveUp() {
        log.warn("this node has not left the others within {} s, it goes without", LEAVE_SECONDS);
        view().terminate();
    }
}
