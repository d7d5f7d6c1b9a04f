package dev.rigbus.lab.router;

import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ResourceLeakDetector;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The router alone, to be measured: {@code RouterBench PORT [jdk] [loops]}, with TLS and the key of the tokens in {@code ROUTER_KEY}.
 */
final class RouterBench {
    private RouterBench() {}

    public static void main(String[] args) throws Exception {
        // As Vert.x does where the router runs in earnest.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        int port = Integer.parseInt(args[0]);
        SslProvider provider = args.length > 1 && args[1].equals("jdk") ? SslProvider.JDK : null;
        int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        byte[] key = System.getenv("ROUTER_KEY").getBytes(StandardCharsets.UTF_8);
        SslContext tls = TestCertificate.server(provider);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
        RouterCalls router = new RouterCalls(Tokens.check(key), RouterLimits.DEFAULT, RouterMeter.NONE, loops);
        new GrpcServer(loops, GrpcLimits.DEFAULT)
                .listen(new InetSocketAddress("127.0.0.1", port), Map.of(RouterCalls.PATH, router), tls)
                .sync();
        System.err.println("listening, TLS by " + tls.getClass().getSimpleName());
        Thread.currentThread().join();
    }
}
