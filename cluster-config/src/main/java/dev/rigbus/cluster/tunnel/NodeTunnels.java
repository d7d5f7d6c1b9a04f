package dev.rigbus.cluster.tunnel;

import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.pump.RawStream;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * All that goes from node to node over the main port: the pumps of streams, and the tunnels to ports that each node has on its loopback
 * only. Safe to use from any thread.
 */
public final class NodeTunnels implements NodeLinks {
    public static final String PUMP = "rigbus-pump/1";

    /** In the text of a failure: the other node is one of the lab, but of another release. */
    public static final String OTHER_PROTOCOL = "it does not speak";
    /** In the text of a failure: the other node wants nothing to do with this one. */
    public static final String NOT_LET_IN = "it lets this node not in";

    private final Nodes nodes;
    private final NodeConnector connector;
    private final EventLoopGroup loops;
    private final NodeConnections connections = new NodeConnections();
    private final Map<String, Acceptor> acceptors = new ConcurrentHashMap<>();
    private final Map<String, List<Forwarder>> forwarders = new ConcurrentHashMap<>();

    public NodeTunnels(Vertx vertx, LabTls tls, Nodes nodes) {
        this.nodes = nodes;
        this.loops = ((VertxInternal) vertx).nettyEventLoopGroup();
        this.connector = new NodeConnector(vertx, tls, nodes, connections);
    }

    /** What the main port has to serve for pumps, by {@link #PUMP}. */
    public ChannelHandler pump() {
        return new Admission(nodes, connections, node -> new PumpEntry(node, acceptors), this::hurry);
    }

    /** What the main port has to serve for tunnels to a port of this host's loopback. */
    public ChannelHandler tunnelTo(Supplier<InetSocketAddress> target) {
        return new Admission(nodes, connections, node -> new TunnelEnd(target), this::hurry);
    }

    private void hurry(String node) {
        forwarders.getOrDefault(node, List.of()).forEach(Forwarder::hurry);
    }

    /** Lets a port of this host's loopback stand for one of another node; complete when it does, or that node cannot be reached. */
    public Future<Void> forward(String node, String protocol, int port) {
        Forwarder forwarder = new Forwarder(connector, loops, node, protocol, port);
        forwarders.computeIfAbsent(node, any -> new CopyOnWriteArrayList<>()).add(forwarder);
        return forwarder.open();
    }

    /** Whether a node can be spoken to; fails with the reason why not. */
    public Future<Void> probe(String node, String protocol) {
        return connector.connect(node, protocol, loops.next()).map(channel -> {
            channel.close();
            return null;
        });
    }

    /** Ends all connections with a node, and leads none to it any more. */
    public void cut(String node) {
        List<Forwarder> of = forwarders.remove(node);
        if (of != null) {
            of.forEach(Forwarder::close);
        }
        connections.cut(node);
    }

    /** How many connections there are with a node. */
    public int connections(String node) {
        return connections.count(node);
    }

    @Override
    public Future<RawStream> open(String node, String service, byte[] header, EventLoop loop) {
        if (header.length > PumpEntry.MOST) {
            throw new IllegalArgumentException(
                    "a header of " + header.length + " bytes (expected: " + PumpEntry.MOST + " at most)");
        }
        return connector.connect(node, PUMP, loop).map(channel -> {
            LinkStream stream = LinkStream.on(channel);
            var ctx = channel.pipeline().context(stream);
            ctx.writeAndFlush(PumpEntry.header(ctx, service, header));
            return stream;
        });
    }

    @Override
    public void accept(String service, Acceptor acceptor) {
        acceptors.put(service, acceptor);
    }

    public void close() {
        forwarders.values().forEach(all -> all.forEach(Forwarder::close));
        connections.closeAll();
    }
}
