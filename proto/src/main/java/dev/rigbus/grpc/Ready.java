package dev.rigbus.grpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.util.concurrent.Promise;
import java.io.IOException;

/** Tells the one who connects that calls can be made. */
final class Ready extends ChannelInboundHandlerAdapter {
    private final GrpcClient client;
    private final Promise<GrpcClient> connected;

    Ready(GrpcClient client, Promise<GrpcClient> connected) {
        this.client = client;
        this.connected = connected;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            connected.trySuccess(client);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
            connected.trySuccess(client);
        }
        super.userEventTriggered(ctx, event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        connected.tryFailure(new IOException("the server closed the connection"));
        super.channelInactive(ctx);
    }

    /** What the connection itself has not dealt with, most often that it was reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        connected.tryFailure(cause);
        ctx.close();
    }
}
