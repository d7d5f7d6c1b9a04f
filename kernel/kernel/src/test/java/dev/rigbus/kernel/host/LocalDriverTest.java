package dev.rigbus.kernel.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.ForwardingStream;
import dev.rigbus.driver.HandsOver;
import dev.rigbus.driver.Legacy;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.LocalDriver.Predecessor;
import dev.rigbus.kernel.host.LocalDriver.Successor;
import dev.rigbus.kernel.pump.NettyTransports;
import dev.rigbus.kernel.pump.RawStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of calls and streams when another instance takes the place of the one that they began with. */
@Timeout(20)
class LocalDriverTest {
    /** A version of a driver; its stream is an echo that is the driver's own. */
    public final class Versioned implements HandsOver {
        final String version;
        final CompletableFuture<EventLoop> loop = new CompletableFuture<>();
        final Promise<String> slow = Promise.promise();
        final Map<ByteStream, ByteStream> open = new LinkedHashMap<>();
        Future<?> start = Future.succeededFuture();
        Future<?> probe = Future.succeededFuture();

        @Nullable
        Throwable refusal;

        boolean takes = true;
        boolean closed;

        Versioned(String version) {
            this.version = version;
        }

        @Override
        public String client() {
            return "jumpstarter.client.DriverClient";
        }

        @Override
        public Future<?> start() {
            return start;
        }

        @Override
        public Future<?> probe() {
            return probe;
        }

        @Override
        public Future<?> close() {
            closed = true;
            return Future.succeededFuture();
        }

        @Export
        public Future<String> version() {
            return refusal == null ? Future.succeededFuture(version) : Future.failedFuture(refusal);
        }

        @Export
        public Future<String> slow() {
            return slow.future();
        }

        @ExportStream
        public Future<ByteStream> connect() {
            return Future.succeededFuture(serve(new NettyTransports(vertx, loop::join, Runnable::run).loop()));
        }

        private ByteStream serve(ByteStream device) {
            ByteStream given = new Own(device);
            open.put(given, device);
            return given;
        }

        @Override
        public Future<Legacy> handOver() {
            List<Legacy.Stream> streams = new ArrayList<>();
            open.forEach((given, device) -> streams.add(new Legacy.Stream(given, Map.of("device", device))));
            open.clear();
            return Future.succeededFuture(new Legacy(Map.of(), streams));
        }

        @Override
        public Future<List<ByteStream>> takeOver(Legacy legacy) {
            return takes
                    ? Future.succeededFuture(legacy.streams().stream()
                            .map(each -> serve((ByteStream) each.state().get("device")))
                            .toList())
                    : Future.failedFuture("not now");
        }
    }

    /** A stream that has code of a driver in it. */
    private static final class Own extends ForwardingStream {
        Own(ByteStream device) {
            super(device);
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = DriverThreads.create();
    private final Pickups pickups = new Pickups();
    private final UUID uuid = UUID.randomUUID();
    private final Versioned one = new Versioned("1");
    private final Versioned two = new Versioned("2");
    private final LocalDriver driver = new LocalDriver(uuid, one, one.loop, threads, pickups);
    private final EventLoop client =
            ((VertxInternal) vertx).nettyEventLoopGroup().next();
    private long lastId;

    @BeforeEach
    void deploy() throws Exception {
        ByReference.register(vertx);
        await(vertx.deployVerticle(driver.verticle()));
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
        threads.shutdownNow();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private <T> Future<T> ask(DriverMessage message) {
        return vertx.eventBus()
                .<T>request(Addresses.driver(uuid), message, ByReference.OPTIONS)
                .map(reply -> reply.body());
    }

    private Future<String> call(String method) {
        DriverMessage.Id id = new DriverMessage.Id("endpoint/test", ++lastId);
        return this.<Value>ask(new DriverMessage.Call(id, 1, method, List.of())).map(Value::getStringValue);
    }

    private Predecessor replaced(@Nullable Trial trial) throws Exception {
        Successor successor = await(driver.prepare(two, two.loop));
        return await(successor.take(trial));
    }

    @Test
    void aCallThatRunsEndsWhereItBeganAndTheNextWaitsForIt() throws Exception {
        Future<String> running = call("slow");
        Predecessor old = replaced(null);
        Future<String> next = call("version");
        assertThat(old.quiet().isComplete()).isFalse();

        one.loop.join().execute(() -> one.slow.complete("done by 1"));

        assertThat(await(running)).isEqualTo("done by 1");
        assertThat(await(next)).isEqualTo("2");
        await(old.idle());
        assertThat(one.closed).isFalse();
        await(old.close());
        assertThat(one.closed).isTrue();
    }

    @Test
    void whatDoesNotStartOrIsNotWellChangesNothing() throws Exception {
        two.start = Future.failedFuture("no device");
        assertThatThrownBy(() -> await(driver.prepare(two, two.loop))).hasMessageContaining("no device");
        assertThat(two.closed).isTrue();
        Versioned three = new Versioned("3");
        three.probe = Future.failedFuture("hot");
        assertThatThrownBy(() -> await(driver.prepare(three, three.loop))).hasMessageContaining("hot");
        assertThat(await(call("version"))).isEqualTo("1");
    }

    @Test
    void aStreamGoesOnWithoutAByteLostOrTwice() throws Exception {
        Client stream = connect();
        stream.write("before ");
        stream.expect("before ");
        Future<String> running = call("slow");
        Predecessor old = replaced(null);
        stream.write("while ");
        one.loop.join().execute(() -> one.slow.complete(""));
        await(running);
        await(old.quiet());
        stream.write("handed ");

        await(old.handOver());
        await(old.idle());
        await(old.close());
        stream.write("after");

        stream.expect("while handed after");
        assertThat(two.open).hasSize(1);
        stream.close();
    }

    @Test
    void aStreamThatCannotBeTakenOverStaysWhereItIs() throws Exception {
        two.takes = false;
        Client stream = connect();
        Predecessor old = replaced(null);
        await(old.quiet());

        assertThatThrownBy(() -> await(old.handOver())).hasMessageContaining("not now");

        stream.write("still here");
        stream.expect("still here");
        assertThat(old.idle().isComplete()).isFalse();
        stream.close();
        await(old.idle());
    }

    @Test
    void whatStaysTooLongIsEndedAndTold() throws Exception {
        two.takes = false;
        Client stream = connect();
        Predecessor old = replaced(null);
        old.expire("the driver has been replaced");
        assertThat(stream.lost.get(10, TimeUnit.SECONDS)).hasMessage("the driver has been replaced");
        await(old.idle());
    }

    @Test
    void manyErrorsAtOnceEndTheTrialOnce() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        replaced(new Trial(System::nanoTime, told::add));
        two.refusal = new IllegalArgumentException("the caller's own fault");
        for (int i = 0; i < Trial.FEW * 2; i++) {
            assertThatThrownBy(() -> await(call("version"))).hasMessageContaining("own fault");
        }
        assertThat(told).isEmpty();

        two.refusal = new IllegalStateException("broken");
        for (int i = 0; i < Trial.FEW * 3; i++) {
            assertThatThrownBy(() -> await(call("version"))).hasMessageContaining("broken");
        }
        assertThat(told).hasSize(1);
        assertThat(told.remove()).contains("broken");
    }

    @Test
    void errorsAfterTheTrialAreThoseOfAnyDriver() {
        long[] now = {0};
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Trial trial = new Trial(() -> now[0], told::add);
        now[0] = Trial.TIME.toNanos() + 1;
        for (int i = 0; i < Trial.FEW * 2; i++) {
            trial.ended(new IllegalStateException("worn out"));
        }
        assertThat(told).isEmpty();
    }

    private Client connect() throws Exception {
        DriverMessage.Ticket ticket = await(ask(new DriverMessage.OpenStream(1, "connect")));
        return client.submit(() -> new Client(pickups.take(ticket.pickup(), client)))
                .get(10, TimeUnit.SECONDS);
    }

    /** The client's end of a stream. */
    private final class Client implements RawStream.Receiver {
        final CompletableFuture<Throwable> lost = new CompletableFuture<>();
        private final RawStream stream;
        private final StringBuilder heard = new StringBuilder();

        Client(RawStream stream) {
            this.stream = stream;
            stream.start(this);
        }

        void write(String text) {
            client.execute(() -> {
                stream.write(Unpooled.copiedBuffer(text, UTF_8));
                stream.flush();
            });
        }

        void close() {
            client.execute(stream::close);
        }

        synchronized void expect(String text) throws InterruptedException {
            while (heard.length() < text.length()) {
                wait();
            }
            assertThat(heard.toString()).isEqualTo(text);
            heard.setLength(0);
        }

        @Override
        public synchronized void data(ByteBuf chunk) {
            heard.append(chunk.toString(UTF_8));
            chunk.release();
            notifyAll();
        }

        @Override
        public void ended() {}

        @Override
        public void failed(Throwable cause) {
            lost.complete(cause);
        }

        @Override
        public void writable() {}
    }
}
