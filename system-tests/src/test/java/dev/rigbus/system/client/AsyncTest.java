package dev.rigbus.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.client.AsyncDriver;
import dev.rigbus.client.AsyncExporter;
import dev.rigbus.client.AsyncItems;
import dev.rigbus.client.AsyncLog;
import dev.rigbus.client.ByteChannel;
import dev.rigbus.client.CallException;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.LogStream;
import dev.rigbus.client.SessionStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The client for who must not wait. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AsyncTest {
    private static final long SECONDS = 20;

    private Rig rig;
    private AsyncExporter exporter;
    private AsyncDriver probe;

    @BeforeAll
    void connect() throws Exception {
        rig = Rig.plaintext();
        exporter = await(AsyncExporter.connect(ExporterAddress.parse(rig.address()), ClientOptions.plaintext()));
        probe = exporter.driver("board.probe");
    }

    @AfterAll
    void disconnect() throws Exception {
        await(exporter.close());
        rig.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aThousandStreamingCallsAndTwoHundredStreamsRunAtOnce() throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            CompletableFuture<Integer> counted = new CompletableFuture<>();
            AtomicInteger items = new AtomicInteger();
            AsyncItems stream = probe.streamingCall("count", 20, false);
            stream.exceptionHandler(counted::completeExceptionally);
            stream.endHandler(v -> counted.complete(items.get()));
            stream.handler(item -> items.incrementAndGet());
            all.add(Future.fromCompletionStage(counted).map(n -> {
                assertThat(n).isEqualTo(20);
                return n;
            }));
        }
        for (int i = 0; i < 200; i++) {
            String text = "stream " + i;
            all.add(exporter.driver("echo").stream("connect").compose(channel -> {
                channel.write(Buffer.buffer(text));
                return channel.next().map(echo -> {
                    assertThat(String.valueOf(echo)).isEqualTo(text);
                    channel.close();
                    return echo;
                });
            }));
        }
        await(Future.all(all));
    }

    @Test
    void aHundredThousandCallsLeaveNothing() throws Exception {
        calls(20_000);
        long before = used();
        calls(100_000);
        assertThat(used()).isLessThan(before + (8 << 20));
    }

    private void calls(int count) throws Exception {
        for (int done = 0; done < count; done += 500) {
            List<Future<?>> some = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                some.add(probe.call("same", i));
            }
            await(Future.all(some));
        }
    }

    private static long used() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void aCallThatTakesTooLongIsCancelled() {
        assertThatThrownBy(() -> await(probe.within(Duration.ofMillis(200)).call("never")))
                .cause()
                .isInstanceOf(CallException.DeadlineExceeded.class)
                .hasMessageContaining("no answer within 200 ms");
    }

    @Test
    void aPipeMovesWhatFits() throws Exception {
        ByteChannel from = await(exporter.driver("echo").stream("connect"));
        ByteChannel to = await(exporter.driver("echo").stream("connect"));
        Future<Void> piped = from.pipeTo(to);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        to.endHandler(v -> ended.complete(got.size()));
        to.handler(chunk -> got.writeBytes(chunk.getBytes()));
        byte[] chunk = new byte[64 * 1024];
        for (int i = 0; i < 100; i++) {
            await(from.write(Buffer.buffer(chunk)));
        }
        from.end();
        assertThat(ended.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(100 * chunk.length);
        await(piped);
        from.close();
        to.close();
    }

    @Test
    void theBlockingFaceRefusesEventLoops() throws Exception {
        try (ExporterClient client = rig.client()) {
            CompletableFuture<Throwable> said = new CompletableFuture<>();
            client.driver("board.probe").async().call("same", 1).onComplete(done -> {
                try {
                    client.driver("board.probe").call("same", 2);
                    said.complete(new AssertionError("it waited"));
                } catch (IllegalStateException e) {
                    said.complete(e);
                }
            });
            assertThat(said.get(SECONDS, TimeUnit.SECONDS)).hasMessageContaining("this would block an event loop");
        }
    }

    @Test
    void aStatusIsWaitedForAndWatched() throws Exception {
        SessionStatus ready =
                await(exporter.waitForStatus(Set.of(SessionStatus.State.LEASE_READY), Duration.ofSeconds(SECONDS)));
        assertThat(ready.state()).isEqualTo(SessionStatus.State.LEASE_READY);
        assertThatThrownBy(() ->
                        await(exporter.waitForStatus(Set.of(SessionStatus.State.OFFLINE), Duration.ofMillis(300))))
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessage("the session was not OFFLINE within 300 ms");
        CompletableFuture<SessionStatus> first = new CompletableFuture<>();
        try (AutoCloseable watch = exporter.watchStatus(first::complete, first::completeExceptionally)) {
            assertThat(watch).isNotNull();
            assertThat(first.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(ready);
        }
    }

    @Test
    void aSessionIsEnded() throws Exception {
        try (Rig other = Rig.plaintext();
                ExporterClient client = other.client()) {
            assertThat(client.endSession()).isTrue();
            assertThat(client.waitForStatus(Set.of(SessionStatus.State.AVAILABLE), Duration.ofSeconds(SECONDS))
                            .state())
                    .isEqualTo(SessionStatus.State.AVAILABLE);
        }
    }

    @Test
    void theLogIsHeard() throws Exception {
        CompletableFuture<LogStream.Entry> heard = new CompletableFuture<>();
        AsyncLog log = exporter.log();
        log.exceptionHandler(heard::completeExceptionally);
        log.handler(entry -> {
            if (entry.message().equals("power off")) {
                heard.complete(entry);
            }
        });
        await(exporter.driver("board.power").call("off"));
        assertThat(heard.get(SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new LogStream.Entry("INFO", LogStream.Source.DRIVER, "power off"));
        log.close();
    }

    @Test
    void whoIsNotThereIsNamed() {
        assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                .isThrownBy(() ->
                        await(AsyncExporter.connect(ExporterAddress.parse("127.0.0.1:1"), ClientOptions.plaintext())))
                .havingCause()
                .isInstanceOf(IOException.class)
                .withMessage("no exporter at 127.0.0.1:1: connection refused");
    }
}
