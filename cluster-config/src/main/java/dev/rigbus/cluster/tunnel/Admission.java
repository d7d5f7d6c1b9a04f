package dev.rigbus.cluster.tunnel;

import dev.rigbus.cluster.pki.LabTls;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands first behind TLS where only nodes of the lab are let in, and makes way for what serves them. */
final class Admission extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final Nodes nodes;
    private final NodeConnections connections;
    private final Function<String, ChannelHandler> service;
    private final Consumer<String> there;

    /**
     * @param service makes the handler for a node that is let in
     * @param there is told of a node that has come
     */
    Admission(
            Nodes nodes,
            NodeConnections connections,
            Function<String, ChannelHandler> service,
            Consumer<String> there) {
        this.nodes = nodes;
        this.connections = connections;
        this.service = service;
        this.there = there;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        var peer = LabTls.node(ctx.pipeline().get(SslHandler.class).engine().getSession());
        String refusal = peer.map(known -> nodes.refusal(known).orElse(""))
                .orElse("only nodes of the lab are let in, by their certificate");
        if (peer.isPresent() && refusal.isEmpty()) {
            String name = peer.get().name();
            connections.add(name, ctx.channel());
            ctx.writeAndFlush(Greeting.welcome(ctx));
            ctx.pipeline().replace(this, null, service.apply(name));
            there.accept(name);
        } else {
            String who = peer.map(LabTls.Peer::name).orElse("somebody");
            if (connections.isNews(who, refusal)) {
                log.warn("{} at {} is not let in: {}", who, ctx.channel().remoteAddress(), refusal);
            }
            ctx.writeAndFlush(Greeting.refusal(ctx, refusal)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }
}
