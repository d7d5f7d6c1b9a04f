package dev.rigbus.lab.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallHandlers;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.FrameType;
import dev.rigbus.wire.StreamRequest;
import dev.rigbus.wire.StreamResponse;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream to an exporter of this node: a whole connection in the frames of a call, as a stock client makes it. */
@Timeout(60)
class LocalTunnelsTest {
    private static final String ECHO = "/test/Echo";
    private final AtomicInteger callsOpen = new AtomicInteger();
    private TestRouter router;

    @BeforeEach
    void start() throws Exception {
        Map<String, CallHandler> handlers = Map.of(ECHO, this::echo);
        router = new TestRouter(
                2,
                RouterLimits.DEFAULT,
                GrpcLimits.DEFAULT,
                purpose -> purpose.exporter().name().equals("rack1") ? CallHandlers.of(handlers) : null);
    }

    @AfterEach
    void stop() throws Exception {
        router.close();
    }

    /** Gives every message back, and stops reading while it cannot. */
    private CallListener echo(ServerCall call) {
        callsOpen.incrementAndGet();
        return new CallListener() {
            @Override
            public void message(ByteBuf message) {
                byte[] bytes = new byte[message.readableBytes()];
                message.readBytes(bytes).release();
                call.writeFrame(TestPeer.frame(bytes));
                if (!call.isWritable()) {
                    call.pause();
                }
            }

            @Override
            public void writable() {
                call.resume();
            }

            @Override
            public void halfClosed() {
                call.finish(Status.OK);
            }

            @Override
            public void closed() {
                callsOpen.decrementAndGet();
            }
        };
    }

    /** One connection through the tunnel: a client speaks HTTP/2 to a local socket, whose bytes travel in frames. */
    private GrpcClient through(TestPeer tunnel) throws Exception {
        ServerSocket local = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
            try (local) {
                return local.accept();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        var connecting = GrpcClient.connect(
                tunnel.client.eventLoop(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), local.getLocalPort()),
                null,
                Map.of(),
                GrpcLimits.DEFAULT);
        Socket socket = accepted.get(10, TimeUnit.SECONDS);
        new Thread(() -> outward(socket, tunnel), "outward").start();
        new Thread(() -> inward(socket, tunnel), "inward").start();
        return connecting.get(10, TimeUnit.SECONDS);
    }

    private static void outward(Socket socket, TestPeer tunnel) {
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = socket.getInputStream()) {
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                tunnel.send(StreamRequest.newBuilder()
                        .setPayload(ByteString.copyFrom(buffer, 0, n))
                        .build()
                        .toByteArray());
            }
            tunnel.send(StreamRequest.newBuilder()
                    .setFrameType(FrameType.FRAME_TYPE_GOAWAY)
                    .build()
                    .toByteArray());
            tunnel.end();
        } catch (Exception e) {
            // The test sees what does not arrive.
        }
    }

    private static void inward(Socket socket, TestPeer tunnel) {
        try (OutputStream out = socket.getOutputStream()) {
            while (!tunnel.status.isDone() || !tunnel.messages.isEmpty()) {
                byte[] message = tunnel.messages.poll(20, TimeUnit.MILLISECONDS);
                if (message != null) {
                    StreamResponse frame = StreamResponse.parseFrom(message);
                    frame.getPayload().writeTo(out);
                }
            }
        } catch (IOException | InterruptedException e) {
            // As above.
        }
    }

    private static final class Count implements ClientListener {
        final AtomicLong bytes = new AtomicLong();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        int sum;

        @Override
        public void message(ByteBuf message) {
            bytes.addAndGet(message.readableBytes());
            byte[] all = new byte[message.readableBytes()];
            message.readBytes(all).release();
            for (byte b : all) {
                sum = 31 * sum + b;
            }
        }

        @Override
        public void finished(Status status) {
            end.complete(status);
        }
    }

    @Test
    void servesAWholeConnection() throws Exception {
        TestPeer tunnel = router.peer(Tokens.forLease("mine", 1));
        GrpcClient client = through(tunnel);
        byte[] payload = new byte[700_000];
        new Random(5).nextBytes(payload);
        int sum = 0;
        for (int round = 0; round < 4; round++) {
            for (byte b : payload) {
                sum = 31 * sum + b;
            }
        }
        Count count = new Count();
        ClientCall call = client.eventLoop()
                .submit(() -> client.call(ECHO, Map.of(), null, count))
                .get(10, TimeUnit.SECONDS);
        client.eventLoop().execute(() -> {
            for (int round = 0; round < 4; round++) {
                call.writeFrame(TestPeer.frame(payload));
            }
            call.end();
        });
        assertThat(count.end.get(30, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(count.bytes).hasValue(4L * payload.length);
        assertThat(count.sum).isEqualTo(sum);
        client.close();
        assertThat(tunnel.end10s()).isEqualTo(Status.OK);
        TestRouter.until("the tunnel is gone", () -> router.router.pairs() == 0 && router.pairs.get() == 0);
    }

    @Test
    void aBareOpenAndCloseDoesNoHarm() throws Exception {
        TestPeer tunnel = router.peer(Tokens.forLease("mine", 1));
        tunnel.send(StreamRequest.newBuilder()
                .setFrameType(FrameType.FRAME_TYPE_GOAWAY)
                .build()
                .toByteArray());
        tunnel.end();
        assertThat(tunnel.end10s()).isEqualTo(Status.OK);
        TestPeer gone = router.peer(Tokens.forLease("mine", 1));
        gone.client.close();
        TestRouter.until("no tunnel is left", () -> router.router.pairs() == 0);
        servesAWholeConnection();
    }

    @Test
    void theEndOfTheLeaseCutsItsTunnels() throws Exception {
        TestPeer tunnel = router.peer(Tokens.forLease("mine", 7));
        TestPeer later = router.peer(Tokens.forLease("mine", 8));
        GrpcClient client = through(tunnel);
        Count count = new Count();
        client.eventLoop()
                .submit(() -> client.call(ECHO, Map.of(), null, count))
                .get(10, TimeUnit.SECONDS);
        TestRouter.until("the call runs", () -> callsOpen.get() == 1);
        router.router.cut(new ObjectName("default", "mine"), 7);
        assertThat(tunnel.end10s()).isEqualTo(new Status(Code.CANCELLED, "the lease is over"));
        TestRouter.until("the call is over", () -> callsOpen.get() == 0);
        assertThat(count.end.get(10, TimeUnit.SECONDS).isOk()).isFalse();
        assertThat(later.status).isNotDone();
    }

    @Test
    void aTokenOpensOneTunnel() throws Exception {
        String token = Tokens.forLease("mine", 1);
        TestPeer tunnel = router.peer(token);
        assertThat(tunnel.next()).isNotEmpty();
        assertThat(router.peer(token).end10s()).isEqualTo(new Status(Code.UNAUTHENTICATED, "invalid jwt token"));
    }

    @Test
    void aSlowReaderHoldsTheDriversBack() throws Exception {
        TestPeer tunnel = router.peer(Tokens.forLease("mine", 1));
        GrpcClient client = through(tunnel);
        Count count = new Count();
        ClientCall call = client.eventLoop()
                .submit(() -> client.call(ECHO, Map.of(), null, count))
                .get(10, TimeUnit.SECONDS);
        tunnel.pause();
        byte[] message = new byte[256 * 1024];
        client.eventLoop().execute(() -> {
            for (int i = 0; i < 32; i++) {
                call.writeFrame(TestPeer.frame(message));
            }
            call.end();
        });
        long held = settled(router.passed);
        // Of 8 MB there and back, what the windows of both ways hold.
        assertThat(held).isLessThan(6_000_000);
        tunnel.resume();
        assertThat(count.end.get(30, TimeUnit.SECONDS)).isEqualTo(Status.OK);
        assertThat(count.bytes).hasValue(32L * message.length);
    }

    /** The value once it has stood still for a while. */
    private static long settled(AtomicLong value) throws InterruptedException {
        long last = -1;
        for (int still = 0; still < 10; ) {
            long now = value.get();
            still = now == last && now > 0 ? still + 1 : 0;
            last = now;
            Thread.sleep(20);
        }
        return last;
    }
}
