package dev.rigbus.app.node;

import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.config.HostPort;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.cluster.beacon.BeaconConfig;
import dev.rigbus.cluster.node.ClusterConfig;
import dev.rigbus.cluster.node.ClusterNode;
import dev.rigbus.cluster.node.Joining;
import dev.rigbus.cluster.node.NodeAdmission;
import dev.rigbus.cluster.node.NodeRecord;
import dev.rigbus.cluster.node.SingleNode;
import dev.rigbus.cluster.pki.Credentials;
import dev.rigbus.cluster.pki.HostNames;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.cluster.store.DatabaseConfig;
import dev.rigbus.cluster.store.OpenStore;
import dev.rigbus.cluster.store.RecordPeek;
import dev.rigbus.cluster.store.RecordStores;
import dev.rigbus.kernel.nodes.Hostings;
import dev.rigbus.kernel.nodes.NodeOutposts;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.lab.lease.LeaseMerge;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of a lab that runs. */
public final class LabNode {
    private static final Logger log = LoggerFactory.getLogger(LabNode.class);
    private static final Duration START = Duration.ofSeconds(30);

    /** Others may have to be waited for, one of them for its disk. */
    private static final Duration JOIN = Duration.ofSeconds(90);

    private final @Nullable Path file;
    private final NodeConfig config;
    private final Path data;
    private final Parts parts = new Parts();
    private @Nullable Starting starting;
    private String name = "";
    private String endpoint = "";

    private LabNode(@Nullable Path file, NodeConfig config, Path data) {
        this.file = file;
        this.config = config;
        this.data = data;
    }

    /**
     * Starts it; returns when it serves. A failed start leaves nothing running.
     *
     * @param file where the configuration comes from, which is followed; absent for none
     */
    public static LabNode start(@Nullable Path file, NodeConfig config, Path data, LiveDrivers drivers, String version)
            throws NodeException, InterruptedException {
        LabNode node = new LabNode(file, config, data);
        try {
            node.start(drivers, version);
            return node;
        } catch (IOException e) {
            node.stop();
            throw new NodeException(String.valueOf(e.getMessage()), e);
        } catch (NodeException | RuntimeException e) {
            node.stop();
            throw e;
        }
    }

    private void start(LiveDrivers drivers, String version) throws NodeException, InterruptedException, IOException {
        DriverCatalog catalog = drivers.catalog();
        InstantSource clock = InstantSource.system();
        if (config.joinToken() != null) {
            Joining.join(config.joinToken(), data, address(), HostNames.of(extraNames()), version, clock);
        }
        LabKeys keys = LabKeys.openOrCreate(data, clock);
        String kept = NodeIdentity.nameIn(data);
        String given = config.name() == null ? kept : config.name();
        name = given == null ? hostName() : given;
        NodeIdentity identity = NodeIdentity.openOrCreate(data, keys, name, HostNames.of(extraNames()), clock);
        RecordPeek known = RecordPeek.into(data, NodeRecord.KIND);
        List<StoredRecord> nodes = new ArrayList<>(known.records());
        if (nodes.isEmpty()) {
            nodes.addAll(Joining.known(data));
        }
        boolean alone = SingleNode.isEnough(nodes, name) && config.join().isEmpty() && config.beacon() == null;
        Ground ground = alone ? alone(identity, known.latest()) : together(identity, nodes, known.latest(), version);

        OpenStore store = Parts.await(
                "the lab's records in " + data,
                RecordStores.open(
                        data,
                        ground.cluster(),
                        alone ? null : ground.vertx(),
                        database(),
                        Map.of(Lease.KIND, new LeaseMerge())),
                START);
        parts.add("the records", store::close);
        if (ground.cluster() instanceof ClusterNode member) {
            Parts.await("the list of nodes", member.follow(store.records()), START);
        } else {
            Parts.await(
                    "the list of nodes",
                    SingleNode.announce(store.records(), identity, address(), version, config.labels()),
                    START);
        }
        NodeAdmission admission = new NodeAdmission(store.records(), keys, name, ground.cluster()::time, !alone);
        endpoint = config.advertise() == null
                ? new HostPort(reachable(config.listen().host()), ground.port()).toString()
                : config.advertise().toString();
        Nodes others = new Nodes(ground.cluster(), store.records(), admission, endpoint, version);
        LabParts lab = new LabParts(
                config,
                ground.vertx(),
                ground.cluster(),
                store,
                keys,
                endpoint,
                version,
                others,
                drivers.bundles(),
                ground.links(),
                new Ways(
                        ground.vertx(),
                        name,
                        store.records(),
                        new LabTls(identity).client(ApplicationProtocolNames.HTTP_2)));
        parts.add("the lab's services", lab::close);
        Parts.await("the lab's services", lab.start(), START);
        Hostings hostings = new Hostings(ground.vertx(), name, catalog);
        parts.add("drivers of other nodes", hostings::close);
        Parts.await("drivers of other nodes", hostings.start(ground.links()), START);
        LabHosts hosts = new LabHosts(ground.cluster(), store.records(), lab.states());
        DriverCatalog everywhere = catalog.with(new NodeOutposts(hosts, ground.links(), hostings, catalog));
        lab.boards().use(everywhere);
        Parts.await("the bundles", lab.startBundles(), START);
        drivers.files().follow(ground.vertx());
        parts.add("the drivers' files", () -> {
            drivers.files().close();
            return io.vertx.core.Future.succeededFuture();
        });
        parts.add("the exporters", lab.boards()::close);
        lab.boards().start(config.boards(), parts);
        Parts.await("the applied exporters", lab.startApplied(), START);
        if (file != null) {
            BoardFiles files = new BoardFiles(ground.vertx(), file, config, System.getenv(), lab.boards());
            files.start();
            parts.add("the exporters' files", () -> {
                files.close();
                return io.vertx.core.Future.succeededFuture();
            });
        }
        ground.ports().serve(admission.handlers());
        lab.serve(ground.ports());
        Objects.requireNonNull(starting).over();
        Path socket = data.resolve(DataFolder.ADMIN_SOCKET);
        Parts.await(socket.toString(), ground.ports().listen(socket, lab.administration()), START);
        if (config.metrics() != null) {
            Parts.await(config.metrics().toString(), lab.listenMetrics(config.metrics()), START);
        }
        // Clients go to other nodes before this one has anything to hand over; the ways between nodes stay open.
        parts.add("the listeners", ground.ports()::close);
        log.info("node {} serves {}", name, endpoint);
    }

    /** What everything else stands on. */
    private record Ground(Vertx vertx, Cluster cluster, NodeLinks links, Ports ports, int port) {}

    private Ground alone(NodeIdentity identity, long latest) throws NodeException, InterruptedException, IOException {
        Vertx vertx = Vertx.vertx(options());
        parts.add("the bus", vertx::close);
        Ports ports = ports(vertx);
        int port =
                Parts.await(config.listen().toString(), ports.listen(config.listen(), tls(identity, Set.of())), START);
        return new Ground(vertx, new SingleNode(name, latest), NodeLinks.NONE, ports, port);
    }

    private Ground together(NodeIdentity identity, List<StoredRecord> nodes, long latest, String version)
            throws NodeException, InterruptedException, IOException {
        Ports[] opened = new Ports[1];
        int[] port = new int[1];
        ClusterConfig.MainPort mainPort = new ClusterConfig.MainPort() {
            @Override
            public Future<Integer> open(Vertx vertx, Map<String, Supplier<? extends ChannelHandler>> protocols) {
                Ports ports = ports(vertx);
                protocols.forEach(ports::serve);
                opened[0] = ports;
                try {
                    return ports.listen(config.listen(), tls(identity, protocols.keySet()))
                            .onSuccess(bound -> port[0] = bound);
                } catch (IOException e) {
                    return Future.failedFuture(e);
                }
            }

            @Override
            public Future<Void> close() {
                return opened[0] == null ? Future.succeededFuture() : opened[0].close();
            }
        };
        NodeConfig.Beacon beacon = config.beacon();
        ClusterConfig cluster = new ClusterConfig(
                identity,
                address(),
                version,
                config.labels(),
                nodes,
                latest,
                config.join().stream().map(LabNode::hostAndPort).toList(),
                beacon == null
                        ? null
                        : new BeaconConfig(
                                beacon.group(), beacon.port(), beacon.networkInterface(), BeaconConfig.INTERVAL),
                mainPort,
                ClusterConfig.SILENCE,
                options(),
                InstantSource.system()::millis);
        ClusterNode member = Parts.await("the other nodes", ClusterNode.start(cluster), JOIN);
        parts.add("the cluster", member::close);
        return new Ground(member.vertx(), member, member.links(), Objects.requireNonNull(opened[0]), port[0]);
    }

    private VertxOptions options() {
        return config.eventLoops() == null ? NodeVertx.options() : NodeVertx.options(config.eventLoops());
    }

    private Ports ports(Vertx vertx) {
        Ports ports = new Ports(((VertxInternal) vertx).nettyEventLoopGroup());
        starting = Starting.on(ports.served());
        parts.add("the listeners", ports::close);
        return ports;
    }

    private SslContext tls(NodeIdentity identity, Set<String> more) throws IOException {
        List<String> protocols =
                // A browser offers both, and what it wants is pages; gRPC's clients offer HTTP/2 alone.
                new ArrayList<>(List.of(ApplicationProtocolNames.HTTP_1_1, ApplicationProtocolNames.HTTP_2));
        protocols.addAll(more);
        return new LabTls(identity).server(own(), protocols);
    }

    private HostAndPort address() throws IOException {
        return hostAndPort(
                config.advertise() == null
                        ? new HostPort(
                                reachable(config.listen().host()),
                                config.listen().port())
                        : config.advertise());
    }

    private static HostAndPort hostAndPort(HostPort address) {
        return HostAndPort.create(address.host(), address.port());
    }

    private @Nullable DatabaseConfig database() {
        NodeConfig.Database database = config.database();
        return database == null
                ? null
                : new DatabaseConfig(
                        database.url(),
                        database.user() == null ? "rigbus" : database.user(),
                        database.passwordFile(),
                        Set.of(ExporterState.KIND));
    }

    private @Nullable Credentials own() throws IOException {
        NodeConfig.Tls files = config.tls();
        return files == null ? null : Credentials.load(files.certificate(), files.key());
    }

    private List<String> extraNames() {
        HostPort advertised = config.advertise() == null ? config.listen() : config.advertise();
        return isAny(advertised.host()) ? List.of() : List.of(advertised.host());
    }

    private static boolean isAny(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    private static String reachable(String host) throws IOException {
        return isAny(host) ? hostName() : host;
    }

    private static String hostName() throws IOException {
        return InetAddress.getLocalHost().getHostName();
    }

    public String name() {
        return name;
    }

    /** What peers are told to connect to. */
    public String endpoint() {
        return endpoint;
    }

    public void stop() throws InterruptedException {
        parts.stop();
    }
}
