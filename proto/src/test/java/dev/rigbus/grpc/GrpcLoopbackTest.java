package dev.rigbus.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.wire.DriverCallRequest;
import dev.rigbus.wire.DriverCallResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both ends against each other over real sockets. */
@Timeout(30)
class GrpcLoopbackTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final GrpcServer server = new GrpcServer(loops, GrpcLimits.DEFAULT);

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        server.close().get(10, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get(10, TimeUnit.SECONDS);
    }

    private GrpcClient serve(CallHandler handler) throws Exception {
        Channel bound = server.listen(new InetSocketAddress("127.0.0.1", 0), Map.of("/test/Call", handler), null)
                .sync()
                .channel();
        return connect(bound.localAddress());
    }

    private GrpcClient connect(SocketAddress address) throws Exception {
        return GrpcClient.connect(loops.next(), address, null, Map.of("key", "value"), GrpcLimits.DEFAULT)
                .get(10, TimeUnit.SECONDS);
    }

    /** Collects what one call is told. */
    private static final class Recorder implements ClientListener {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> status = new CompletableFuture<>();

        @Override
        public void headers(Map<String, String> metadata) {
            events.add("headers " + metadata.getOrDefault("answer", ""));
        }

        @Override
        public void message(ByteBuf message) {
            events.add("message " + message.readableBytes());
            message.release();
        }

        @Override
        public void finished(Status end) {
            status.complete(end);
        }

        String next() throws InterruptedException {
            String event = events.poll(10, TimeUnit.SECONDS);
            return event == null ? "nothing" : event;
        }

        Status end() throws Exception {
            return status.get(10, TimeUnit.SECONDS);
        }
    }

    private static ClientCall start(GrpcClient client, String path, @Nullable Duration timeout, ClientListener listener)
            throws Exception {
        return client.eventLoop()
                .submit(() -> client.call(path, Map.of(), timeout, listener))
                .get(10, TimeUnit.SECONDS);
    }

    private static void onLoop(GrpcClient client, Runnable task) throws Exception {
        client.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
    }

    private static CallHandler echo() {
        return call -> new CallListener() {
            @Override
            public void message(ByteBuf message) {
                ByteBuf frame = Unpooled.buffer();
                frame.writeByte(0).writeInt(message.readableBytes()).writeBytes(ByteBufUtil.getBytes(message));
                message.release();
                call.writeFrame(frame);
            }

            @Override
            public void halfClosed() {
                call.finish(new Status(Code.OK, ""));
            }
        };
    }

    @Test
    void messagesGoBothWaysAndTheCallEndsWithAStatus() throws Exception {
        GrpcClient client = serve(echo());
        Recorder recorder = new Recorder();
        ClientCall call = start(client, "/test/Call", null, recorder);
        DriverCallRequest message =
                DriverCallRequest.newBuilder().setMethod("on").build();

        onLoop(client, () -> call.writeLast(message));

        assertThat(recorder.next()).startsWith("headers");
        assertThat(recorder.next()).isEqualTo("message " + message.getSerializedSize());
        assertThat(recorder.end()).isEqualTo(Status.OK);
    }

    @Test
    void theServerMaySpeakFirst() throws Exception {
        GrpcClient client = serve(call -> {
            call.sendHeaders(Map.of("answer", String.valueOf(call.metadata("key"))));
            call.write(DriverCallResponse.getDefaultInstance());
            return ByteBuf::release;
        });
        Recorder recorder = new Recorder();
        start(client, "/test/Call", null, recorder);
        assertThat(recorder.next()).isEqualTo("headers value");
        assertThat(recorder.next()).isEqualTo("message 0");
    }

    @Test
    void anUnknownMethodAndATextAreTold() throws Exception {
        GrpcClient client = serve(call -> {
            throw new StatusException(Code.NOT_FOUND, "no 100 %\nfür dich");
        });
        Recorder unknown = new Recorder();
        start(client, "/test/Other", null, unknown);
        assertThat(unknown.end()).isEqualTo(new Status(Code.UNIMPLEMENTED, "Method not found!"));
        Recorder refused = new Recorder();
        start(client, "/test/Call", null, refused);
        assertThat(refused.end()).isEqualTo(new Status(Code.NOT_FOUND, "no 100 %\nfür dich"));
    }

    @Test
    void aDeadlineEndsTheCallAndTellsTheServer() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        GrpcClient client = serve(call -> closing(closed));
        Recorder recorder = new Recorder();
        start(client, "/test/Call", Duration.ofMillis(50), recorder);
        assertThat(recorder.end().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static CallListener closing(CountDownLatch closed) {
        return new CallListener() {
            @Override
            public void message(ByteBuf message) {
                message.release();
            }

            @Override
            public void closed() {
                closed.countDown();
            }
        };
    }

    @Test
    void aCancelAndALostConnectionTellTheServer() throws Exception {
        CountDownLatch closed = new CountDownLatch(2);
        GrpcClient client = serve(call -> closing(closed));
        ClientCall call = start(client, "/test/Call", null, new Recorder());
        onLoop(client, call::cancel);
        Recorder lost = new Recorder();
        start(client, "/test/Call", null, lost);
        client.close().get(10, TimeUnit.SECONDS);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(lost.end().code()).isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void aServerThatDoesNotReadHoldsUpItsWriterAndNobodyElse() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        GrpcClient client = serve(call -> {
            call.pause();
            return message -> {
                taken.addAndGet(message.readableBytes());
                message.release();
            };
        });
        ClientCall stalled = start(client, "/test/Call", null, new Recorder());
        CompletableFuture<Integer> stoppedAt = new CompletableFuture<>();
        onLoop(client, () -> {
            int written = 0;
            while (stalled.isWritable() && written < 1000) {
                stalled.write(DriverCallRequest.newBuilder()
                        .setMethod("x".repeat(64 * 1024))
                        .build());
                written++;
            }
            stoppedAt.complete(written);
        });
        assertThat(stoppedAt.get(10, TimeUnit.SECONDS)).isLessThan(100);
        assertThat(taken).hasValue(0);

        Recorder other = new Recorder();
        start(client, "/test/Other", null, other);
        assertThat(other.end().code()).isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void aMessageThatIsTooLargeEndsItsCallOnly() throws Exception {
        GrpcClient client = serve(echo());
        Recorder large = new Recorder();
        ClientCall call = start(client, "/test/Call", null, large);
        onLoop(
                client,
                () -> call.writeLast(DriverCallRequest.newBuilder()
                        .setMethod("x".repeat(5 * 1024 * 1024))
                        .build()));
        assertThat(large.end().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        Recorder small = new Recorder();
        ClientCall next = start(client, "/test/Call", null, small);
        onLoop(client, () -> next.writeLast(DriverCallRequest.getDefaultInstance()));
        assertThat(small.end()).isEqualTo(Status.OK);
    }

    @Test
    void aUnixSocketServesToo() throws Exception {
        SocketAddress address = Transport.of(loops).unixAddress(folder.resolve("a%2Fsocket"));
        server.listen(address, Map.of("/test/Call", echo()), null).sync();
        Recorder recorder = new Recorder();
        GrpcClient client = connect(address);
        ClientCall call = start(client, "/test/Call", null, recorder);
        onLoop(client, () -> call.writeLast(DriverCallRequest.getDefaultInstance()));
        assertThat(recorder.end()).isEqualTo(Status.OK);
    }

    @Test
    void R22_aPeerThatFallsSilentIsNoticed() throws Exception {
        GrpcLimits impatient =
                new GrpcLimits(1024, 65_535, 65_535, 8192, 100, Duration.ofMillis(200), Duration.ofSeconds(1));
        GrpcServer strict = new GrpcServer(loops, impatient);
        Channel bound = strict.listen(new InetSocketAddress("127.0.0.1", 0), Map.of(), null)
                .sync()
                .channel();
        try (Socket silent = new Socket("127.0.0.1", ((InetSocketAddress) bound.localAddress()).getPort())) {
            silent.setSoTimeout(10_000);
            // The preface and empty settings, and then nothing: no answer to a ping.
            silent.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            silent.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            assertThat(silent.getInputStream().readAllBytes())
                    .as("what comes until the server hangs up")
                    .isNotEmpty();
        }
        strict.close().get(10, TimeUnit.SECONDS);
    }
}
