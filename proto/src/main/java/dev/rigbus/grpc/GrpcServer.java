package dev.rigbus.grpc;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves calls on any number of addresses. Safe to use from any thread. */
public final class GrpcServer {
    private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 * 1024, 256 * 1024);

    private final EventLoopGroup loops;
    private final Transport transport;
    private final GrpcLimits limits;
    private final ChannelGroup listeners = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    public GrpcServer(EventLoopGroup loops, GrpcLimits limits) {
        this.loops = loops;
        this.transport = Transport.of(loops);
        this.limits = limits;
    }

    /**
     * Listens on one more address.
     *
     * @param handlers by path, such as {@code /package.Service/Method}
     * @param tls absent for plaintext
     */
    public ChannelFuture listen(SocketAddress address, Map<String, CallHandler> handlers, @Nullable SslContext tls) {
        return listen(address, CallHandlers.of(handlers), tls);
    }

    /**
     * Listens on one more address.
     *
     * @param tls absent for plaintext
     */
    public ChannelFuture listen(SocketAddress address, CallHandlers handlers, @Nullable SslContext tls) {
        return listen(address, handlers, tls, Map.of());
    }

    /**
     * Listens on one more address, where other protocols than gRPC are spoken too.
     *
     * @param tls absent for plaintext; it decides which protocols are offered
     * @param others what takes over a connection, by the name that both sides agree on in the handshake (ALPN). A peer that names none, or
     *     none that is offered, gets {@code http/1.1}, or is sent away if that is not among them. Each connection has a handler made, which
     *     is added behind the one for TLS
     */
    public ChannelFuture listen(
            SocketAddress address,
            CallHandlers handlers,
            @Nullable SslContext tls,
            Map<String, Supplier<? extends ChannelHandler>> others) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(transport.server(address))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted(channel, handlers, tls, Map.copyOf(others));
                    }
                });
        if (!Transport.isUnix(address)) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
            bootstrap.option(ChannelOption.SO_BACKLOG, 1024);
            bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(address);
        listeners.add(bound.channel());
        return bound;
    }

    /** What serves calls at the end of a pipeline that has been made elsewhere, of a channel whose bytes are HTTP/2 without TLS. */
    public static ChannelHandler connection(GrpcLimits limits, CallHandlers handlers) {
        return ServerConnection.create(limits, handlers);
    }

    private void accepted(
            Channel channel,
            CallHandlers handlers,
            @Nullable SslContext tls,
            Map<String, Supplier<? extends ChannelHandler>> others) {
        connections.add(channel);
        if (tls == null) {
            channel.pipeline().addLast(ServerConnection.create(limits, handlers));
            return;
        }
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
        channel.pipeline().addLast(new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
            @Override
            protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
                Supplier<? extends ChannelHandler> other = others.get(protocol);
                if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
                    ctx.pipeline().addLast(ServerConnection.create(limits, handlers));
                } else if (other != null) {
                    connections.remove(channel);
                    ctx.pipeline().addLast(other.get());
                } else {
                    ctx.close();
                }
            }

            @Override
            protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
                refused(ctx, cause);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                refused(ctx, cause);
            }
        });
    }

    /** Anybody can knock at a port with anything; that is no reason for a stack trace. */
    private static void refused(ChannelHandlerContext ctx, Throwable cause) {
        log.info("TLS handshake with {} failed: {}", ctx.channel().remoteAddress(), cause.getMessage());
        ctx.close();
    }

    /**
     * Accepts no more connections, lets running calls end within the grace of the limits, and closes; not those that were handed over.
     */
    public Future<Void> close() {
        var closed = GlobalEventExecutor.INSTANCE.<Void>newPromise();
        listeners.close().addListener(first -> connections.close().addListener(second -> closed.setSuccess(null)));
        return closed;
    }
}
