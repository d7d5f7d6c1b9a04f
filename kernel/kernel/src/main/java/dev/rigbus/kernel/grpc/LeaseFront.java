package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.Transport;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.session.Holding;
import dev.rigbus.kernel.session.LeaseService;
import dev.rigbus.kernel.session.SessionService;
import dev.rigbus.kernel.session.SessionStatus;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Serves a leased exporter: to its hooks on a Unix socket, and to who holds it through handlers that others bring to a connection. */
public final class LeaseFront extends VerticleBase {
    private final String exporter;
    private final Services services;
    private final Supplier<SessionStatus> status;
    private final Path hookSocket;
    private @Nullable BusCalls bus;
    private @Nullable LeaseService leases;
    private @Nullable GrpcServer server;
    private @Nullable Held held;

    private record Held(Holding holding, CallHandlers handlers) {}

    /**
     * @param exporter its name, for the addresses of its session
     * @param status the newest, asked on any thread
     */
    public LeaseFront(String exporter, Services services, Supplier<SessionStatus> status, Path hookSocket) {
        this.exporter = exporter;
        this.services = services;
        this.status = status;
        this.hookSocket = hookSocket;
    }

    @Override
    public Future<?> start() {
        BusCalls calls = new BusCalls(vertx);
        LeaseService service = LeaseService.at(vertx, Addresses.exporter(exporter));
        bus = calls;
        leases = service;
        EventLoopGroup loops = ((VertxInternal) vertx).nettyEventLoopGroup();
        GrpcServer made = new GrpcServer(loops, GrpcLimits.DEFAULT);
        server = made;
        // A hook uses the drivers for the lease that it runs for, which is that of the status.
        SessionService session = new LeaseSession(service, () -> status.get().fence());
        CallHandlers handlers = services.handlers(session, calls, () -> Admission.under(status.get()));
        return calls.start()
                .compose(v -> Binding.of(
                        made.listen(Transport.of(loops).unixAddress(hookSocket), handlers, null),
                        "the socket for hooks " + hookSocket));
    }

    /** The handlers for connections of who holds the exporter, the same ones for each; safe from any thread. */
    public synchronized CallHandlers handlers(Holding holding) {
        if (bus == null || leases == null) {
            throw new IllegalStateException("not deployed");
        }
        if (held == null || held.holding() != holding) {
            SessionService session = new LeaseSession(leases, holding::fence);
            Served handlers = services.handlers(session, bus, () -> admit(holding));
            held = new Held(holding, new HeldCalls(holding).guard(handlers));
        }
        return held.handlers();
    }

    private long admit(Holding holding) {
        Admission.under(status.get());
        return holding.fence();
    }

    /** The session of one lease: what comes late does nothing to the next. */
    private record LeaseSession(LeaseService leases, LongSupplier fence) implements SessionService {
        @Override
        public Future<JsonObject> status() {
            return leases.status();
        }

        @Override
        public Future<Boolean> endSession() {
            return leases.endSession(fence.getAsLong());
        }

        @Override
        public Future<Void> reset() {
            return leases.reset(fence.getAsLong());
        }
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
