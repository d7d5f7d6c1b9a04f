package dev.rigbus.cluster.tunnel;

import dev.rigbus.cluster.pki.LabTls;
import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Connects to other nodes, each end sure of the other. */
final class NodeConnector {
    private static final int PATIENCE_MILLIS = 5_000;

    private final Vertx vertx;
    private final LabTls tls;
    private final Nodes nodes;
    private final NodeConnections connections;
    private final Map<String, SslContext> contexts = new ConcurrentHashMap<>();

    NodeConnector(Vertx vertx, LabTls tls, Nodes nodes, NodeConnections connections) {
        this.vertx = vertx;
        this.tls = tls;
        this.nodes = nodes;
        this.connections = connections;
    }

    /**
     * Connects to a node at the first of its addresses that has it. The channel reads nothing of itself until it is told to.
     *
     * @return told on the loop; fails with an {@link IOException} that says what each address had instead
     */
    Future<Channel> connect(String node, String protocol, EventLoop loop) {
        List<HostAndPort> addresses = nodes.addresses(node);
        if (addresses.isEmpty()) {
            return Future.failedFuture(new IOException("the address of node " + node + " is not known"));
        }
        Future<Channel> tried = Future.failedFuture(new IOException("node " + node + " cannot be reached"));
        for (HostAndPort address : addresses) {
            tried = tried.recover(
                    before -> connect(node, protocol, address, loop).recover(cause -> {
                        cause.addSuppressed(before);
                        return Future.failedFuture(cause);
                    }));
        }
        Promise<Channel> told = Promise.promise();
        tried.onComplete(done -> loop.execute(() -> told.handle(done)));
        return told.future();
    }

    private Future<Channel> connect(String node, String protocol, HostAndPort address, EventLoop loop) {
        return vertx.executeBlocking(() -> InetAddress.getByName(address.host()), false)
                .compose(resolved -> connect(node, protocol, new InetSocketAddress(resolved, address.port()), loop))
                .recover(cause -> Future.failedFuture(
                        new IOException("node " + node + " at " + address + ": " + text(cause), cause)));
    }

    private static String text(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private Future<Channel> connect(String node, String protocol, InetSocketAddress address, EventLoop loop) {
        Promise<Channel> connected = Promise.promise();
        SslContext context;
        try {
            context = context(protocol);
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
        new Bootstrap()
                .group(loop)
                .channelFactory(Transport.of(loop.parent()).client(address))
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        greet(channel, context, node, protocol, address, connected);
                    }
                })
                .connect(address)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        connected.tryFail(done.cause());
                    }
                });
        return connected.future();
    }

    private SslContext context(String protocol) throws IOException {
        SslContext context = contexts.get(protocol);
        if (context == null) {
            context = tls.client(protocol);
            contexts.put(protocol, context);
        }
        return context;
    }

    private void greet(
            Channel channel,
            SslContext context,
            String node,
            String protocol,
            InetSocketAddress address,
            Promise<Channel> connected) {
        SslHandler handler = context.newHandler(channel.alloc(), address.getHostString(), address.getPort());
        handler.setHandshakeTimeoutMillis(PATIENCE_MILLIS);
        handler.handshakeFuture().addListener(done -> {
            if (done.isSuccess() && !protocol.equals(handler.applicationProtocol())) {
                connected.tryFail(new IOException(NodeTunnels.OTHER_PROTOCOL + " " + protocol));
                channel.close();
            }
        });
        channel.pipeline().addLast(handler, new Greeting(word -> {
            // From here on who takes it over decides what is read.
            channel.config().setAutoRead(false);
            String refusal = refusal(handler, node, word);
            if (refusal.isEmpty()) {
                connections.add(node, channel);
                connected.tryComplete(channel);
            } else {
                connected.tryFail(new IOException(refusal));
                channel.close();
            }
        }));
        channel.pipeline().addLast(new Failures(connected));
        var late = channel.eventLoop().schedule(() -> give(channel, connected), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        connected.future().onComplete(done -> late.cancel(false));
    }

    private static void give(Channel channel, Promise<Channel> connected) {
        if (connected.tryFail(new IOException("no answer within " + PATIENCE_MILLIS / 1000 + " s"))) {
            channel.close();
        }
    }

    private String refusal(SslHandler handler, String node, String word) {
        var peer = LabTls.node(handler.engine().getSession());
        if (peer.isEmpty() || !peer.get().name().equals(node)) {
            return "it is " + peer.map(LabTls.Peer::name).orElse("no node of this lab");
        }
        return word.isEmpty() ? nodes.refusal(peer.get()).orElse("") : NodeTunnels.NOT_LET_IN + ": " + word;
    }

    /** What goes wrong until the connection is handed over. */
    private static final class Failures extends ChannelInboundHandlerAdapter {
        private final Promise<Channel> connected;

        Failures(Promise<Channel> connected) {
            this.connected = connected;
            connected.future().onSuccess(channel -> channel.pipeline().remove(this));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            connected.tryFail(new IOException("it closed the connection"));
            ctx.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            connected.tryFail(cause);
            ctx.close();
        }
    }
}
