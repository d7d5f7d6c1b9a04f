package dev.rigbus.app.node;

import dev.rigbus.app.config.HostPort;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node listens on: one port for everybody, and a socket for its administrator. What is served there may come later than the port is
 * opened.
 */
final class Ports {
    private final EventLoopGroup loops;
    private final GrpcServer server;
    private final Map<String, CallHandler> handlers = new ConcurrentHashMap<>();
    private final Map<String, Supplier<? extends ChannelHandler>> protocols = new ConcurrentHashMap<>();

    private @Nullable Future<Void> closed;

    Ports(EventLoopGroup loops) {
        this.loops = loops;
        this.server = new GrpcServer(loops, GrpcLimits.DEFAULT);
    }

    /** Serves these calls from now on, to the connections that are there as well. */
    void serve(Map<String, CallHandler> more) {
        handlers.putAll(more);
    }

    /** What is served now, to be changed at any time from any thread. */
    Map<String, CallHandler> served() {
        return handlers;
    }

    /** Hands connections over whose TLS handshake named this protocol. */
    void serve(String protocol, Supplier<? extends ChannelHandler> connection) {
        protocols.put(protocol, connection);
    }

    /** Opens the port; the future fails with an {@link IOException} that says what to do about it. */
    Future<Integer> listen(HostPort address, SslContext tls) {
        ChannelFuture binding = server.listen(
                new InetSocketAddress(address.host(), address.port()), CallHandlers.of(handlers), tls, protocols);
        return bound(binding, address.toString())
                .map(channel -> ((InetSocketAddress) channel.localAddress()).getPort());
    }

    /** Opens the socket; whoever can reach it is the administrator, so its folder has to keep everybody else out. */
    Future<?> listen(Path socket, Map<String, CallHandler> served) throws IOException {
        // What a killed process left behind; that no other process is at work here is known by now.
        Files.deleteIfExists(socket);
        return bound(server.listen(Transport.of(loops).unixAddress(socket), served, null), socket.toString());
    }

    static Future<Channel> bound(ChannelFuture binding, String where) {
        Promise<Channel> bound = Promise.promise();
        binding.addListener(done -> {
            if (done.isSuccess()) {
                bound.complete(binding.channel());
            } else {
                String why = String.valueOf(done.cause().getMessage());
                boolean used = done.cause() instanceof BindException || why.contains("in use");
                bound.fail(new IOException(
                        used && why.contains("in use")
                                ? where + " is in use by another process; stop it or choose another port"
                                : "cannot listen on " + where + ": " + why,
                        done.cause()));
            }
        });
        return bound.future();
    }

    /** Closing twice is closing once. */
    synchronized Future<Void> close() {
        if (closed == null) {
            Promise<Void> promise = Promise.promise();
            server.close().addListener(done -> promise.complete());
            closed = promise.future();
        }
        return closed;
    }
}
