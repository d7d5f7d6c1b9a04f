package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.Transport;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.session.SessionService;
import dev.rigbus.kernel.session.SessionStatus;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Serves one exporter to gRPC clients: on a TCP port, and on a Unix socket for its own hooks and for who has started it. */
public final class GrpcVerticle extends VerticleBase {
    private final String exporter;
    private final Services services;
    private final @Nullable Listener listener;
    private final Path hookSocket;
    private @Nullable GrpcServer server;
    private @Nullable Channel tcp;

    /**
     * @param exporter its name, for the addresses of its session
     * @param listener absent to serve on the Unix socket alone
     */
    public GrpcVerticle(String exporter, Services services, @Nullable Listener listener, Path hookSocket) {
        this.exporter = exporter;
        this.services = services;
        this.listener = listener;
        this.hookSocket = hookSocket;
    }

    @Override
    public Future<?> start() {
        BusCalls bus = new BusCalls(vertx);
        StatusGate gate = new StatusGate();
        MessageConsumer<JsonObject> events = vertx.eventBus().consumer(Addresses.exporterEvents(exporter));
        events.handler(event -> gate.statusChanged(SessionStatus.of(event.body())));
        SessionService session = SessionService.at(vertx, Addresses.exporter(exporter));
        return Future.join(bus.start(), events.completion())
                .compose(v -> session.status())
                .compose(status -> {
                    gate.statusChanged(SessionStatus.of(status));
                    return tls();
                })
                .compose(tls -> listen(services.handlers(session, bus, gate), tls.context()));
    }

    /** A holder, since a future's value may not be absent. */
    private record Tls(@Nullable SslContext context) {}

    private Future<Tls> tls() {
        Listener.Tls files = listener == null ? null : listener.tls();
        return files == null
                ? Future.succeededFuture(new Tls(null))
                : vertx.executeBlocking(() -> new Tls(TlsFiles.load(files)));
    }

    private Future<Void> listen(Served handlers, @Nullable SslContext tls) {
        EventLoopGroup loops = ((VertxInternal) vertx).nettyEventLoopGroup();
        GrpcServer made = new GrpcServer(loops, GrpcLimits.DEFAULT);
        server = made;
        SocketAddress hooks = Transport.of(loops).unixAddress(hookSocket);
        return Binding.of(made.listen(hooks, handlers, null), "the socket for hooks " + hookSocket)
                .compose(unix -> listener == null ? Future.succeededFuture() : listenTo(made, listener, handlers, tls))
                .recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
    }

    private Future<Void> listenTo(GrpcServer made, Listener on, Served handlers, @Nullable SslContext tls) {
        String passphrase = on.passphrase();
        CallHandlers guarded = passphrase == null ? handlers : Passphrase.guard(handlers, passphrase);
        return Binding.of(
                        made.listen(new InetSocketAddress(on.host(), on.port()), guarded, tls),
                        on.host() + ":" + on.port())
                .map(channel -> {
                    tcp = channel;
                    return null;
                });
    }

    /** The port that clients connect to. */
    public int port() {
        if (tcp == null) {
            throw new IllegalStateException("not listening");
        }
        return ((InetSocketAddress) tcp.localAddress()).getPort();
    }

    @Override
    public Future<Void> stop() {
        if (server == null) {
            return Future.succeededFuture();
        }
        Promise<Void> closed = Promise.promise();
        server.close().addListener(done -> closed.complete());
        return closed.future();
    }
}
