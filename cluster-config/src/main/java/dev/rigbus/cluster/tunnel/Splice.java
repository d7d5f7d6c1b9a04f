package dev.rigbus.cluster.tunnel;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** One of two channels on one event loop whose bytes go from each to the other; both end together. */
final class Splice extends ChannelInboundHandlerAdapter {
    private final Channel other;

    private Splice(Channel other) {
        this.other = other;
    }

    /** Joins two channels that have not been told to read yet. */
    static void join(Channel a, Channel b) {
        a.pipeline().addLast(new Splice(b));
        b.pipeline().addLast(new Splice(a));
        a.config().setAutoRead(true);
        b.config().setAutoRead(true);
        if (!a.isActive() || !b.isActive()) {
            a.close();
            b.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        other.write(message);
        if (!other.isWritable()) {
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            other.config().setAutoRead(true);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
