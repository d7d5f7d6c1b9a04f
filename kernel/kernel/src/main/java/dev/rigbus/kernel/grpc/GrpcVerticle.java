package dev.rigbus.kernel.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.Transport;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.session.SessionService;
import dev.rigbus.kernel.session.SessionStatus;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.JumpstarterProto;
import dev.rigbus.wire.RouterProto;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Serves one exporter to gRPC clients: on a TCP port, and on a Unix socket for its own hooks. */
public final class GrpcVerticle extends VerticleBase {
    private static final String EXPORTER = "jumpstarter.v1.ExporterService";
    private static final String ROUTER = "jumpstarter.v1.RouterService";

    private final String exporter;
    private final GetReportResponse report;
    private final Collection<UUID> drivers;
    private final LogHub logs;
    private final Pickups pickups;
    private final Listener listener;
    private final Path hookSocket;
    private @Nullable GrpcServer server;
    private @Nullable Channel tcp;

    /**
     * @param exporter its name, for the addresses of its session
     * @param drivers those that clients may name
     */
    public GrpcVerticle(
            String exporter,
            GetReportResponse report,
            Collection<UUID> drivers,
            LogHub logs,
            Pickups pickups,
            Listener listener,
            Path hookSocket) {
        this.exporter = exporter;
        this.report = report;
        this.drivers = drivers;
        this.logs = logs;
        this.pickups = pickups;
        this.listener = listener;
        this.hookSocket = hookSocket;
    }

    @Override
    public Future<?> start() {
        BusCalls bus = new BusCalls(vertx);
        MessageConsumer<JsonObject> events = vertx.eventBus().consumer(Addresses.exporterEvents(exporter));
        events.handler(event -> bus.statusChanged(SessionStatus.of(event.body())));
        SessionService session = SessionService.at(vertx, Addresses.exporter(exporter));
        return Future.join(bus.start(), events.completion())
                .compose(v -> session.status())
                .compose(status -> {
                    bus.statusChanged(SessionStatus.of(status));
                    return tls();
                })
                .compose(tls -> listen(handlers(session, bus), tls.context()));
    }

    /** A holder, since a future's value may not be absent. */
    private record Tls(@Nullable SslContext context) {}

    private Future<Tls> tls() {
        Listener.Tls files = listener.tls();
        return files == null
                ? Future.succeededFuture(new Tls(null))
                : vertx.executeBlocking(() -> new Tls(TlsFiles.load(files)));
    }

    private Map<String, CallHandler> handlers(SessionService session, BusCalls bus) {
        Drivers known = new Drivers(drivers);
        SessionCalls calls = new SessionCalls(session, report, logs);
        DriverCalls driverCalls = new DriverCalls(known, bus);
        Map<String, CallHandler> handlers = new LinkedHashMap<>();
        handlers.put("/" + EXPORTER + "/GetReport", calls.getReport());
        handlers.put("/" + EXPORTER + "/GetStatus", calls.getStatus());
        handlers.put("/" + EXPORTER + "/EndSession", calls.endSession());
        handlers.put("/" + EXPORTER + "/Reset", calls.reset());
        handlers.put("/" + EXPORTER + "/LogStream", calls.logStream());
        handlers.put("/" + EXPORTER + "/DriverCall", driverCalls.call());
        handlers.put("/" + EXPORTER + "/StreamingDriverCall", driverCalls.streamingCall());
        handlers.put("/" + ROUTER + "/Stream", new StreamCalls(known, bus, pickups).stream());
        HealthCalls health = new HealthCalls(Set.of(EXPORTER, ROUTER));
        handlers.put("/grpc.health.v1.Health/Check", health.check());
        handlers.put("/grpc.health.v1.Health/Watch", health.watch());
        // Made when somebody reflects: descriptors cost start-up time that hardly anybody wants to pay.
        CallHandler reflection = call -> new ReflectionCalls(served()).info().start(call);
        handlers.put("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", reflection);
        handlers.put("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", reflection);
        return handlers;
    }

    private static List<FileDescriptor> served() {
        return List.of(JumpstarterProto.getDescriptor(), RouterProto.getDescriptor());
    }

    private Future<Void> listen(Map<String, CallHandler> handlers, @Nullable SslContext tls) {
        EventLoopGroup loops = ((VertxInternal) vertx).nettyEventLoopGroup();
        GrpcServer made = new GrpcServer(loops, GrpcLimits.DEFAULT);
        server = made;
        String passphrase = listener.passphrase();
        Map<String, CallHandler> guarded = passphrase == null ? handlers : Passphrase.guard(handlers, passphrase);
        SocketAddress hooks = Transport.of(loops).unixAddress(hookSocket);
        return bound(made.listen(hooks, handlers, null), "the socket for hooks " + hookSocket)
                .compose(unix -> bound(
                        made.listen(new InetSocketAddress(listener.host(), listener.port()), guarded, tls),
                        listener.host() + ":" + listener.port()))
                .map(channel -> {
                    tcp = channel;
                    return (Void) null;
                })
                .recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
    }

    private static Future<Channel> bound(ChannelFuture binding, String where) {
        Promise<Channel> bound = Promise.promise();
        binding.addListener(done -> {
            if (done.isSuccess()) {
                bound.complete(binding.channel());
            } else {
                bound.fail(new IOException(reason(done.cause(), where), done.cause()));
            }
        });
        return bound.future();
    }

    private static String reason(Throwable cause, String where) {
        boolean inUse = cause instanceof BindException
                || String.valueOf(cause.getMessage()).contains("in use");
        return inUse && String.valueOf(cause.getMessage()).contains("in use")
                ? where + " is in use by another process; stop it or choose another port"
                : "cannot listen on " + where + ": " + cause.getMessage();
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
