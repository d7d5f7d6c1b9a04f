package dev.rigbus.kernel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.ExportStream;
import dev.rigbus.driver.Items;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.pump.NettyTransports;
import dev.rigbus.kernel.pump.RawStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a newer fence does to what was begun under an older one, where the device is. */
@Timeout(20)
class FenceTest {
    /** Never answers, never ends. */
    @Concurrent
    public static final class Endless implements Driver {
        private final Vertx vertx;
        final CompletableFuture<EventLoop> loop = new CompletableFuture<>();
        final Promise<ByteStream> opening = Promise.promise();

        Endless(Vertx vertx) {
            this.vertx = vertx;
        }

        @Override
        public String client() {
            return "jumpstarter.client.DriverClient";
        }

        @Export
        public Future<Void> hang() {
            return Promise.<Void>promise().future();
        }

        @Export
        public Future<Long> one() {
            return Future.succeededFuture(1L);
        }

        @Export
        public ReadStream<Object> count() {
            return Items.of(Stream.<Object>iterate(0L, n -> (Long) n + 1).iterator());
        }

        ByteStream echo() {
            return new NettyTransports(vertx, loop::join, Runnable::run).loop();
        }

        @ExportStream
        public Future<ByteStream> connect() {
            return Future.succeededFuture(echo());
        }

        @ExportStream
        public Future<ByteStream> slow() {
            return opening.future();
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = DriverThreads.create();
    private final Pickups pickups = new Pickups();
    private final UUID uuid = UUID.randomUUID();
    private final Endless driver = new Endless(vertx);
    private final EventLoop client =
            ((VertxInternal) vertx).nettyEventLoopGroup().next();

    @BeforeEach
    void deploy() throws Exception {
        ByReference.register(vertx);
        await(vertx.deployVerticle(new LocalDriver(uuid, driver, driver.loop, threads, pickups).verticle()));
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

    private static DriverMessage.Id id(long number) {
        return new DriverMessage.Id("endpoint/test", number);
    }

    private Future<Value> call(long number, long fence, String method) {
        return ask(new DriverMessage.Call(id(number), fence, method, List.of()));
    }

    @Test
    void R44_anOlderFenceIsRefusedWhereTheDeviceIs() throws Exception {
        await(call(1, 5, "one"));
        assertThatThrownBy(() -> await(call(2, 4, "one")))
                .hasMessageContaining("the lease of this call is over (fence 4, now 5)");
        assertThatThrownBy(() -> await(ask(new DriverMessage.Reset(4)))).hasMessageContaining("is over");
        await(call(3, 5, "one"));
    }

    @Test
    void aNewerFenceEndsCallsThatTheDriverNeverWould() throws Exception {
        Future<Value> hanging = call(1, 1, "hang");
        CompletableFuture<DriverMessage.Items> end = new CompletableFuture<>();
        vertx.eventBus().<DriverMessage.Items>consumer("endpoint/test", message -> {
            if (message.body().end()) {
                end.complete(message.body());
            }
        });
        DriverMessage.Items first = await(ask(new DriverMessage.OpenItems(id(2), 1, "count", List.of(), 4)));
        assertThat(first.items()).isNotEmpty();

        await(ask(new DriverMessage.Reset(2)));

        assertThatThrownBy(() -> await(hanging)).hasMessageContaining("the lease of this call is over (fence now 2)");
        assertThat(end.get(10, TimeUnit.SECONDS).failure()).isNotNull();
        assertThat(await(call(3, 2, "one")).getNumberValue()).isEqualTo(1);
    }

    @Test
    void R13_aNewerFenceClosesTheRawStreamsOfTheOlder() throws Exception {
        DriverMessage.Ticket ticket = await(ask(new DriverMessage.OpenStream(1, "connect")));
        DriverMessage.Ticket unused = await(ask(new DriverMessage.OpenStream(1, "connect")));
        Witness witness = new Witness();
        client.submit(() -> {
                    RawStream stream = pickups.take(ticket.pickup(), client);
                    stream.start(witness);
                    stream.write(Unpooled.copiedBuffer(new byte[] {7}));
                    stream.flush();
                })
                .get(10, TimeUnit.SECONDS);
        assertThat(witness.heard.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 7);

        await(ask(new DriverMessage.Reset(2)));

        assertThat(witness.lost.get(10, TimeUnit.SECONDS)).hasMessageContaining("is over (fence now 2)");
        Witness late = new Witness();
        client.submit(() -> pickups.take(unused.pickup(), client).start(late)).get(10, TimeUnit.SECONDS);
        assertThat(late.lost.get(10, TimeUnit.SECONDS)).hasMessage("the stream is closed");
    }

    @Test
    void aStreamThatOpensAfterItsLeaseIsClosed() throws Exception {
        Future<DriverMessage.Ticket> opening = ask(new DriverMessage.OpenStream(1, "slow"));
        await(call(1, 1, "one"));
        await(ask(new DriverMessage.Reset(2)));

        ByteStream stream = driver.echo();
        driver.loop.join().execute(() -> driver.opening.complete(stream));

        assertThatThrownBy(() -> await(opening)).hasMessageContaining("(fence 1, now 2)");
    }

    /** The client's end of a stream. */
    private static final class Witness implements RawStream.Receiver {
        final CompletableFuture<Byte> heard = new CompletableFuture<>();
        final CompletableFuture<Throwable> lost = new CompletableFuture<>();

        @Override
        public void data(ByteBuf chunk) {
            heard.complete(chunk.readByte());
            chunk.release();
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
