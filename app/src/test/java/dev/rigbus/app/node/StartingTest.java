package dev.rigbus.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.GrpcServer;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StartingTest {
    private static final String DELETE_LEASE = "/jumpstarter.client.v1.ClientService/DeleteLease";

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final GrpcServer server = new GrpcServer(loops, GrpcLimits.DEFAULT);
    private final Map<String, CallHandler> served = new ConcurrentHashMap<>();
    private final Starting starting = Starting.on(served);
    private GrpcClient client;

    @BeforeEach
    void listen() throws Exception {
        Channel port = server.listen(new InetSocketAddress("127.0.0.1", 0), served, null)
                .sync()
                .channel();
        client = GrpcClient.connect(loops.next(), port.localAddress(), null, Map.of(), GrpcLimits.DEFAULT)
                .get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        server.close().get(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<Status> call(String path) throws Exception {
        CompletableFuture<Status> end = new CompletableFuture<>();
        client.eventLoop()
                .submit(() -> {
                    var call = client.call(path, Map.of(), null, new ClientListener() {
                        @Override
                        public void message(ByteBuf message) {
                            message.release();
                        }

                        @Override
                        public void finished(Status status) {
                            end.complete(status);
                        }
                    });
                    call.writeLast(Empty.getDefaultInstance());
                })
                .get(10, TimeUnit.SECONDS);
        return end;
    }

    private static CallListener answer(ServerCall call) {
        return message -> {
            message.release();
            call.write(Empty.getDefaultInstance());
            call.finish(Status.OK);
        };
    }

    private static Code code(CompletableFuture<Status> end) throws Exception {
        return end.get(10, TimeUnit.SECONDS).code();
    }

    @Test
    void aCallWaitsUntilTheNodeHasStarted() throws Exception {
        CompletableFuture<Status> early = call(DELETE_LEASE);
        // The refusal shows that the call before it has arrived.
        assertThat(code(call("/jumpstarter.v1.RouterService/Stream"))).isEqualTo(Code.UNAVAILABLE);
        assertThat(early).isNotDone();
        served.put(DELETE_LEASE, StartingTest::answer);
        starting.over();
        assertThat(code(early)).isEqualTo(Code.OK);
    }

    @Test
    void whoConnectedBeforeTheNodeHadStartedIsServedAfterwards() throws Exception {
        assertThat(code(call("/jumpstarter.v1.RouterService/Stream"))).isEqualTo(Code.UNAVAILABLE);
        served.put(DELETE_LEASE, StartingTest::answer);
        starting.over();
        assertThat(code(call(DELETE_LEASE))).isEqualTo(Code.OK);
    }

    @Test
    void whatTheNodeDoesNotServeIsNoServiceOnceItHasStarted() throws Exception {
        CompletableFuture<Status> early = call(DELETE_LEASE);
        assertThat(code(call("/jumpstarter.v1.RouterService/Stream"))).isEqualTo(Code.UNAVAILABLE);
        starting.over();
        assertThat(code(early)).isEqualTo(Code.UNIMPLEMENTED);
        assertThat(code(call("/jumpstarter.v1.RouterService/Stream"))).isEqualTo(Code.UNIMPLEMENTED);
    }
}
