package dev.rigbus.cluster.tunnel;

import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a tunnel from another node comes out: at a port of this host's loopback. */
final class TunnelEnd extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(TunnelEnd.class);

    private final Supplier<InetSocketAddress> target;
    private final Queue<Object> early = new ArrayDeque<>();

    TunnelEnd(Supplier<InetSocketAddress> target) {
        this.target = target;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Channel outside = ctx.channel();
        outside.config().setAutoRead(false);
        InetSocketAddress address = target.get();
        new Bootstrap()
                .group(outside.eventLoop())
                .channelFactory(Transport.of(outside.eventLoop().parent()).client(address))
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(address)
                .addListener((ChannelFuture done) -> {
                    if (done.isSuccess() && ctx.isRemoved()) {
                        // Whoever came has gone meanwhile.
                        done.channel().close();
                    } else if (done.isSuccess()) {
                        join(ctx, done.channel());
                    } else {
                        log.debug("nothing to tunnel to: {}", done.cause().getMessage());
                        outside.close();
                    }
                });
    }

    private void join(ChannelHandlerContext ctx, Channel inside) {
        Splice.join(ctx.channel(), inside);
        for (Object message = early.poll(); message != null; message = early.poll()) {
            ctx.fireChannelRead(message);
        }
        ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        early.add(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        early.forEach(ReferenceCountUtil::release);
        early.clear();
        ctx.fireChannelInactive();
    }
}
