package dev.rigbus.kernel.bridge;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.GrpcLimits;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.grpc.Transport;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.LogStreamResponse;
import dev.rigbus.wire.ResetRequest;
import dev.rigbus.wire.ResetResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one process with drivers serves, on a connection for each event loop that asks. */
final class ChildSession {
    static final String EXPORTER = "/jumpstarter.v1.ExporterService/";
    static final Status GONE =
            new Status(Code.UNAVAILABLE, "the driver's process has ended; it is started again in a moment");

    private final EventLoopGroup loops;
    private final Path socket;
    private final Map<EventLoop, Future<GrpcClient>> clients = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final Promise<Void> idle = Promise.promise();
    private volatile boolean passed;

    ChildSession(EventLoopGroup loops, Path socket) {
        this.loops = loops;
        this.socket = socket;
    }

    private Future<GrpcClient> client(EventLoop loop) {
        return clients.computeIfAbsent(loop, this::connect);
    }

    /** Has something begun on a connection for drivers' calls and streams; on the event loop of that. */
    Future<Drivers> drivers(EventLoop loop) {
        return client(loop).map(Drivers::new);
    }

    /** Starts calls that this session waits for when it ends. */
    final class Drivers {
        private final GrpcClient client;

        private Drivers(GrpcClient client) {
            this.client = client;
        }

        ClientCall call(String method, Map<String, String> metadata, ClientListener listener) {
            underWay.incrementAndGet();
            return client.call(method, metadata, null, new Counted(listener));
        }
    }

    /** No more calls are begun; complete when none is under way any more. */
    Future<Void> idle() {
        passed = true;
        // One that is asked for on an event loop at this moment is still let through.
        loops.next().execute(this::look);
        return idle.future();
    }

    private void look() {
        if (passed && underWay.get() == 0) {
            idle.tryComplete();
        }
    }

    private final class Counted implements ClientListener {
        private final ClientListener listener;

        Counted(ClientListener listener) {
            this.listener = listener;
        }

        @Override
        public void headers(Map<String, String> metadata) {
            listener.headers(metadata);
        }

        @Override
        public void message(ByteBuf message) {
            listener.message(message);
        }

        @Override
        public void halfClosed() {
            listener.halfClosed();
        }

        @Override
        public void writable() {
            listener.writable();
        }

        @Override
        public void finished(Status status) {
            listener.finished(status);
        }

        @Override
        public void closed() {
            listener.closed();
            underWay.decrementAndGet();
            look();
        }
    }

    private Future<GrpcClient> connect(EventLoop loop) {
        Promise<GrpcClient> connected = Promise.promise();
        GrpcClient.connect(loop, Transport.of(loops).unixAddress(socket), null, Map.of(), GrpcLimits.DEFAULT)
                .addListener((io.netty.util.concurrent.Future<GrpcClient> done) -> {
                    if (done.isSuccess()) {
                        connected.complete(done.getNow());
                    } else {
                        connected.fail(new StatusException(GONE));
                    }
                });
        return connected.future();
    }

    Future<GetReportResponse> report(EventLoop loop) {
        return one(loop, "GetReport", Empty.getDefaultInstance(), GetReportResponse.parser());
    }

    Future<ResetResponse> reset(EventLoop loop) {
        return one(loop, "Reset", ResetRequest.getDefaultInstance(), ResetResponse.parser());
    }

    private <T extends MessageLite> Future<T> one(
            EventLoop loop, String method, MessageLite request, Parser<T> parser) {
        return client(loop).compose(client -> {
            OneAnswer<T> answer = new OneAnswer<>(parser);
            loop.execute(
                    () -> client.call(EXPORTER + method, Map.of(), null, answer).writeLast(request));
            return answer.future();
        });
    }

    /** Tells of every line of the log from now on; complete when none follow. */
    Future<Void> log(EventLoop loop, Consumer<LogStreamResponse> to) {
        return client(loop).compose(client -> {
            Promise<Void> over = Promise.promise();
            loop.execute(() -> client.call(EXPORTER + "LogStream", Map.of(), null, new ClientListener() {
                        @Override
                        public void message(ByteBuf message) {
                            to.accept(parse(message, LogStreamResponse.parser()));
                        }

                        @Override
                        public void finished(Status status) {
                            over.complete();
                        }
                    })
                    .writeLast(Empty.getDefaultInstance()));
            return over.future();
        });
    }

    void close() {
        clients.values().forEach(client -> client.onSuccess(GrpcClient::close));
    }

    static <T extends MessageLite> T parse(ByteBuf message, Parser<T> parser) {
        try {
            return parser.parseFrom(ByteBufUtil.getBytes(message));
        } catch (InvalidProtocolBufferException e) {
            throw new StatusException(Code.INTERNAL, "the drivers answer what is no message: " + e.getMessage());
        } finally {
            message.release();
        }
    }

    /** The only message of an answer. */
    static final class OneAnswer<T extends MessageLite> implements ClientListener {
        private final Parser<T> parser;
        private final Promise<T> promise = Promise.promise();
        private @Nullable T answer;

        OneAnswer(Parser<T> parser) {
            this.parser = parser;
        }

        Future<T> future() {
            return promise.future();
        }

        /** Nobody waits for it any more. */
        void fail(Throwable cause) {
            promise.tryFail(cause);
        }

        @Override
        public void message(ByteBuf message) {
            answer = parse(message, parser);
        }

        @Override
        public void finished(Status status) {
            T said = answer;
            if (status.isOk() && said != null) {
                promise.tryComplete(said);
            } else {
                promise.tryFail(new StatusException(
                        status.isOk() ? new Status(Code.INTERNAL, "the drivers gave no answer") : status));
            }
        }
    }
}
