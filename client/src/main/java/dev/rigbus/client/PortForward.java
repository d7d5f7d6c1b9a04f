package dev.rigbus.client;

import dev.rigbus.grpc.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A listener here whose connections go on somewhere else. */
public final class PortForward implements AutoCloseable {
    private static final long CLOSE_SECONDS = 5;

    private final EventLoopGroup loop;
    private final Channel server;
    private final ChannelGroup open;
    private final @Nullable Path socket;

    private PortForward(EventLoopGroup loop, Channel server, ChannelGroup open, @Nullable Path socket) {
        this.loop = loop;
        this.server = server;
        this.open = open;
        this.socket = socket;
    }

    /**
     * Listens on a TCP port.
     *
     * @param there opens the stream that a connection goes on with; must not block
     */
    public static PortForward tcp(InetSocketAddress address, Supplier<Future<ByteChannel>> there) throws IOException {
        return listen(Connector.newLoop(), address, null, there);
    }

    /** The same on a Unix socket, which only this user can use. */
    public static PortForward unix(Path socket, Supplier<Future<ByteChannel>> there) throws IOException {
        EventLoopGroup loop = Connector.newLoop();
        PortForward made = listen(loop, Transport.of(loop).unixAddress(socket), socket, there);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        return made;
    }

    private static PortForward listen(
            EventLoopGroup loop, SocketAddress address, @Nullable Path socket, Supplier<Future<ByteChannel>> there)
            throws IOException {
        ChannelGroup open = new DefaultChannelGroup(loop.next());
        ChannelFuture listening = new ServerBootstrap()
                .group(loop)
                .channelFactory(Transport.of(loop).server(address))
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        ForwardedConnection.start(channel, there.get());
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!listening.isSuccess()) {
            loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen on " + (socket == null ? address : socket) + ": "
                            + listening.cause().getMessage(),
                    listening.cause());
        }
        return new PortForward(loop, listening.channel(), open, socket);
    }

    /** The port here; 0 for a Unix socket. */
    public int port() {
        return server.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** As {@code 127.0.0.1:1234}, or the path of the socket. */
    public String address() {
        return server.localAddress() instanceof InetSocketAddress inet
                ? new ExporterAddress.Tcp(inet.getAddress().getHostAddress(), inet.getPort()).toString()
                : String.valueOf(socket);
    }

    /** Closes all connections and listens no more. */
    @Override
    public void close() throws IOException {
        server.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        open.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (socket != null) {
            Files.deleteIfExists(socket);
        }
    }
}
