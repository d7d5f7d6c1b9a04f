package dev.rigbus.lab.router;

import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A router behind TLS on a port of its own, and connections to it. */
final class TestRouter implements AutoCloseable {
    private static final SslContext SERVER;
    private static final SslContext CLIENT;

    static {
        try {
            SERVER = TestCertificate.server(null);
            CLIENT = TestCertificate.client();
        } catch (Exception e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final AtomicLong passed = new AtomicLong();
    final AtomicInteger pairs = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    final RouterCalls router;
    final InetSocketAddress address;
    private final EventLoopGroup loops;
    private final EventLoopGroup clientLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final GrpcServer server;

    TestRouter(int threads, RouterLimits limits, GrpcLimits wire) throws Exception {
        this(threads, limits, wire, purpose -> null);
    }

    TestRouter(int threads, RouterLimits limits, GrpcLimits wire, LocalExporters exporters) throws Exception {
        this(threads, limits, wire, exporters, (purpose, loop) -> null);
    }

    TestRouter(int threads, RouterLimits limits, GrpcLimits wire, LocalExporters exporters, OtherNodes others)
            throws Exception {
        loops = new MultiThreadIoEventLoopGroup(threads, NioIoHandler.newFactory());
        server = new GrpcServer(loops, wire);
        router = new RouterCalls(Tokens.check(Tokens.KEY), exporters, others, limits, meter(), loops);
        address = (InetSocketAddress)
                server.listen(new InetSocketAddress("127.0.0.1", 0), Map.of(RouterCalls.PATH, router), SERVER)
                        .sync()
                        .channel()
                        .localAddress();
    }

    private RouterMeter meter() {
        return new RouterMeter() {
            @Override
            public void passed(int bytes) {
                passed.addAndGet(bytes);
            }

            @Override
            public void pairs(int change) {
                pairs.addAndGet(change);
            }

            @Override
            public void waiting(int change) {
                waiting.addAndGet(change);
            }
        };
    }

    GrpcClient connect() throws Exception {
        return connect(address);
    }

    GrpcClient connect(InetSocketAddress where) throws Exception {
        return GrpcClient.connect(clientLoops.next(), where, CLIENT, Map.of(), GrpcLimits.DEFAULT)
                .get(10, TimeUnit.SECONDS);
    }

    /** The way to this one from another. */
    Future<GrpcClient> from(EventLoop loop) {
        return GrpcClient.connect(loop, address, CLIENT, Map.of(), GrpcLimits.DEFAULT);
    }

    /** A peer on a connection of its own. */
    TestPeer peer(String token) throws Exception {
        return TestPeer.open(connect(), token);
    }

    /** Waits until it is so. */
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never: " + what);
            }
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws Exception {
        router.close();
        clientLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
        server.close().get(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }
}
