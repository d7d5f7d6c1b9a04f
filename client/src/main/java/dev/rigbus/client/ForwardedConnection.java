package dev.rigbus.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One local connection and the stream that it goes on with: each waits for the other, and each tells the other of its end. */
final class ForwardedConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ForwardedConnection.class);

    private final Channel local;
    private final ByteChannel remote;
    private boolean localOver;
    private boolean remoteOver;

    private ForwardedConnection(Channel local, ByteChannel remote) {
        this.local = local;
        this.remote = remote;
    }

    static void start(Channel local, Future<ByteChannel> opening) {
        opening.onSuccess(remote -> local.eventLoop().execute(() -> begin(local, remote)))
                .onFailure(cause -> {
                    log.warn("a connection is not forwarded: {}", cause.getMessage());
                    local.close();
                });
    }

    private static void begin(Channel local, ByteChannel remote) {
        if (!local.isOpen()) {
            remote.close();
            return;
        }
        ForwardedConnection both = new ForwardedConnection(local, remote);
        remote.pause();
        remote.endHandler(v -> both.onLocal(both::remoteEnded));
        remote.exceptionHandler(e -> both.onLocal(() -> local.close()));
        remote.handler(chunk -> both.onLocal(() -> both.fromRemote(chunk)));
        local.pipeline().addLast(both);
        local.closeFuture().addListener(done -> remote.close());
        remote.fetch(1);
        local.read();
    }

    private void onLocal(Runnable task) {
        local.eventLoop().execute(task);
    }

    private void fromRemote(Buffer chunk) {
        local.writeAndFlush(Unpooled.wrappedBuffer(chunk.getBytes())).addListener(written -> {
            if (!written.isSuccess()) {
                local.close();
            }
        });
        if (local.isWritable()) {
            remote.fetch(1);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (local.isWritable()) {
            remote.fetch(1);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        byte[] chunk = ByteBufUtil.getBytes(bytes);
        bytes.release();
        remote.write(Buffer.buffer(chunk))
                .onFailure(cause -> onLocal(() -> {
                    // Who does not listen any more may still speak.
                    localOver = true;
                }));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (remote.writeQueueFull()) {
            remote.drainHandler(v -> onLocal(local::read));
        } else {
            local.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            localOver = true;
            remote.end();
            closeIfOver();
        }
    }

    private void remoteEnded() {
        remoteOver = true;
        if (local instanceof DuplexChannel duplex && local.isActive()) {
            duplex.shutdownOutput().addListener(done -> closeIfOver());
        } else {
            local.close();
        }
    }

    private void closeIfOver() {
        if (localOver && remoteOver) {
            local.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            log.warn("a connection that is forwarded broke off", cause);
        }
        local.close();
    }
}
