package dev.rigbus.app.node;

import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.config.HostPort;
import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.cluster.node.SingleNode;
import dev.rigbus.cluster.pki.Credentials;
import dev.rigbus.cluster.pki.HostNames;
import dev.rigbus.cluster.pki.LabKeys;
import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.cluster.pki.NodeIdentity;
import dev.rigbus.cluster.store.OpenStore;
import dev.rigbus.cluster.store.RecordStores;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.lease.LeaseMerge;
import dev.rigbus.lab.model.Lease;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of a lab that runs. */
public final class LabNode {
    private static final Logger log = LoggerFactory.getLogger(LabNode.class);
    private static final Duration START = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final Path data;
    private final Parts parts = new Parts();
    private String name = "";
    private String endpoint = "";

    private LabNode(NodeConfig config, Path data) {
        this.config = config;
        this.data = data;
    }

    /**
     * Starts it; returns when it serves. A failed start leaves nothing running.
     *
     * @param vertx makes the bus of a node that is alone
     */
    public static LabNode start(
            NodeConfig config, Path data, Collection<DriverType<?>> types, String version, Supplier<Vertx> vertx)
            throws NodeException, InterruptedException {
        LabNode node = new LabNode(config, data);
        try {
            node.start(types, version, vertx);
            return node;
        } catch (IOException e) {
            node.stop();
            throw new NodeException(String.valueOf(e.getMessage()), e);
        } catch (NodeException | RuntimeException e) {
            node.stop();
            throw e;
        }
    }

    private void start(Collection<DriverType<?>> types, String version, Supplier<Vertx> maker)
            throws NodeException, InterruptedException, IOException {
        InstantSource clock = InstantSource.system();
        LabKeys keys = LabKeys.openOrCreate(data, clock);
        String kept = NodeIdentity.nameIn(data);
        String given = config.name() == null ? kept : config.name();
        name = given == null ? hostName() : given;
        NodeIdentity identity = NodeIdentity.openOrCreate(data, keys, name, HostNames.of(extraNames()), clock);

        Vertx vertx = maker.get();
        parts.add("the bus", vertx::close);
        Cluster cluster = new SingleNode(name, 0);
        OpenStore store = Parts.await(
                "the lab's records in " + data,
                RecordStores.open(data, cluster, null, null, Map.of(Lease.KIND, new LeaseMerge())),
                START);
        parts.add("the records", store::close);

        Ports ports = new Ports(((VertxInternal) vertx).nettyEventLoopGroup());
        parts.add("the listeners", ports::close);
        SslContext tls = new LabTls(identity)
                .server(own(), List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1));
        // Opened before anything is served, so that a port that is taken is noticed before anything is started.
        int port = Parts.await(config.listen().toString(), ports.listen(config.listen(), tls), START);
        endpoint = config.advertise() == null
                ? new HostPort(reachable(config.listen().host()), port).toString()
                : config.advertise().toString();

        LabParts lab = new LabParts(config, vertx, cluster, store, keys, endpoint, version, new NodesOfOne(name, endpoint, version));
        parts.add("the lab's services", lab::close);
        Parts.await("the lab's services", lab.start(), START);
        for (NodeConfig.Board board : config.boards()) {
            lab.boards().start(board, types, parts);
        }
        lab.serve(ports);
        Path socket = data.resolve(DataFolder.ADMIN_SOCKET);
        Parts.await(socket.toString(), ports.listen(socket, lab.administration()), START);
        if (config.metrics() != null) {
            Parts.await(config.metrics().toString(), lab.listenMetrics(config.metrics()), START);
        }
        log.info("node {} serves {}", name, endpoint);
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
