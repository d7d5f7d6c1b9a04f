package dev.rigbus.kernel.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.value.Values;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineTest {
    /** One end of a connection within this process. */
    private static final class End implements RawStream {
        private final EventLoop loop;
        private @Nullable End other;
        private @Nullable Receiver receiver;
        private boolean closed;

        End(EventLoop loop) {
            this.loop = loop;
        }

        @Override
        public EventLoop eventLoop() {
            return loop;
        }

        @Override
        public void start(Receiver to) {
            receiver = to;
        }

        @Override
        public void write(ByteBuf chunk) {
            End to = Objects.requireNonNull(other);
            to.loop.execute(() -> Objects.requireNonNull(to.receiver).data(chunk));
        }

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void end() {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                End to = Objects.requireNonNull(other);
                to.loop.execute(() -> Objects.requireNonNull(to.receiver).ended());
            }
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    /** The two ends of a line, of which the second answers. */
    private List<Line> lines(Function<Object, Future<Object>> answers) throws Exception {
        EventLoop loop = context.nettyEventLoop();
        End here = new End(loop);
        End there = new End(loop);
        here.other = there;
        there.other = here;
        Promise<List<Line>> made = Promise.promise();
        loop.execute(() -> made.complete(List.of(
                Line.on(here, message -> Future.failedFuture("nobody asks here"), heard::add),
                Line.on(there, answers, heard::add))));
        return made.future().await(10, TimeUnit.SECONDS);
    }

    private static Afar call(String method) {
        return new Afar(new UUID(1, 2), new Call(new Id("x", 1), 1, method, List.of()));
    }

    private <T> T ask(Line line, Afar message) throws Exception {
        return line.<T>ask(context, message).await(10, TimeUnit.SECONDS);
    }

    @Test
    void whatIsAskedIsAnsweredAndWhatIsToldIsHeard() throws Exception {
        List<Line> ends =
                lines(message -> Future.succeededFuture(Values.encode(((Call) ((Afar) message).message()).method())));
        assertThat(this.<Object>ask(ends.get(0), call("on"))).isEqualTo(Values.encode("on"));
        assertThat(this.<Object>ask(ends.get(0), call("off"))).isEqualTo(Values.encode("off"));
        ends.get(0).tell(call("told"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(call("told"));
        ends.get(1).push(Values.encode("back"));
        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(Values.encode("back"));
    }

    @Test
    void aRefusalKeepsItsStatus() throws Exception {
        List<Line> ends = lines(message -> Future.failedFuture(new DriverException(Reason.NOT_FOUND, "no such file")));
        assertThatThrownBy(() -> ask(ends.get(0), call("read"))).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status().code()).isEqualTo(Code.NOT_FOUND);
            assertThat(e.status().text()).isEqualTo("no such file");
        });
    }

    @Test
    void aValueOfSeveralMegabytesIsStillOne() throws Exception {
        String large = "x".repeat(3 << 20);
        List<Line> ends = lines(message -> Future.succeededFuture(Values.encode(large)));
        assertThat(this.<Object>ask(ends.get(0), call("dump"))).isEqualTo(Values.encode(large));
    }

    @Test
    void whoWaitsWhenTheConnectionIsLostIsTold() throws Exception {
        List<Line> ends = lines(message -> Promise.promise().future());
        Future<Object> waiting = ends.get(0).ask(context, call("on"));
        ends.get(1).close();
        assertThatThrownBy(() -> waiting.await(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        StatusException.class,
                        e -> assertThat(e.status().code()).isEqualTo(Code.UNAVAILABLE));
        ends.get(0).lost().await(10, TimeUnit.SECONDS);
        assertThatThrownBy(() -> ask(ends.get(0), call("on"))).isInstanceOf(StatusException.class);
    }
}
