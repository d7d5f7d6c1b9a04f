package dev.rigbus.grpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection to a server, ready for calls. Its methods may be used from any thread; what calls tell is told on its event loop. */
public final class GrpcClient {
    private final Channel channel;
    private final ClientConnection connection;
    private final Map<String, String> metadata;

    private GrpcClient(Channel channel, ClientConnection connection, Map<String, String> metadata) {
        this.channel = channel;
        this.connection = connection;
        this.metadata = Map.copyOf(metadata);
    }

    /**
     * Connects.
     *
     * @param tls absent for plaintext
     * @param metadata sent with every call
     * @return fails with an {@link java.io.IOException} or a TLS failure
     */
    public static Future<GrpcClient> connect(
            EventLoop loop,
            SocketAddress address,
            @Nullable SslContext tls,
            Map<String, String> metadata,
            GrpcLimits limits) {
        Promise<GrpcClient> connected = loop.newPromise();
        String authority = authority(address);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channelFactory(Transport.of(loop).client(address))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialize(channel, address, authority, tls, metadata, limits, connected);
                    }
                });
        if (!Transport.isUnix(address)) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture opening = bootstrap.connect(address);
        opening.addListener(done -> {
            if (!done.isSuccess()) {
                connected.tryFailure(done.cause());
            }
        });
        return connected;
    }

    private static void initialize(
            Channel channel,
            SocketAddress address,
            String authority,
            @Nullable SslContext tls,
            Map<String, String> metadata,
            GrpcLimits limits,
            Promise<GrpcClient> connected) {
        ClientConnection connection = ClientConnection.create(limits, tls == null ? "http" : "https", authority);
        GrpcClient client = new GrpcClient(channel, connection, metadata);
        if (tls == null) {
            channel.pipeline().addLast(connection, new Ready(client, connected));
            return;
        }
        InetSocketAddress peer = (InetSocketAddress) address;
        SslHandler handler = tls.newHandler(channel.alloc(), peer.getHostString(), peer.getPort());
        handler.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                connected.tryFailure(done.cause());
            }
        });
        channel.pipeline().addLast(handler, new ApplicationProtocolNegotiationHandler("") {
            @Override
            protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
                if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
                    ctx.pipeline().addLast(connection, new Ready(client, connected));
                } else {
                    connected.tryFailure(
                            new java.io.IOException("the server at " + address + " does not speak HTTP/2"));
                    ctx.close();
                }
            }

            @Override
            protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
                exceptionCaught(ctx, cause);
            }

            /** Netty would log it, with its stack; the one who connects knows better what to do. */
            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                connected.tryFailure(cause);
                ctx.close();
            }
        });
    }

    private static String authority(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getHostString();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return URLEncoder.encode(address.toString().replaceFirst("^/", ""), StandardCharsets.UTF_8);
    }

    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    /**
     * Starts a call; to be used on the event loop.
     *
     * @param path such as {@code /package.Service/Method}
     * @param timeout after which the server ends it; absent for never
     */
    public ClientCall call(String path, Map<String, String> more, @Nullable Duration timeout, ClientListener listener) {
        Map<String, String> headers = new HashMap<>(metadata);
        headers.putAll(more);
        if (timeout != null) {
            headers.put("grpc-timeout", Timeouts.text(timeout));
        }
        return connection.start(path, headers, listener);
    }

    /** Completes when the connection is gone, for whatever reason. */
    public Future<Void> closed() {
        return channel.closeFuture();
    }

    public Future<Void> close() {
        return channel.close();
    }
}
