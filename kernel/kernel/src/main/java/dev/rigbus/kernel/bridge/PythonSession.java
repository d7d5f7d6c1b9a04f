package dev.rigbus.kernel.bridge;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one process with Python drivers serves, on a connection for each event loop that asks. */
final class PythonSession {
    static final String EXPORTER = "/jumpstarter.v1.ExporterService/";
    static final Status GONE = new Status(
            Code.UNAVAILABLE, "the process of the Python drivers has ended; it is started again in a moment");

    private final EventLoopGroup loops;
    private final Path socket;
    private final Map<EventLoop, Future<GrpcClient>> clients = new ConcurrentHashMap<>();

    PythonSession(EventLoopGroup loops, Path socket) {
        this.loops = loops;
        this.socket = socket;
    }

    Future<GrpcClient> client(EventLoop loop) {
        return clients.computeIfAbsent(loop, this::connect);
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
            throw new StatusException(Code.INTERNAL, "the Python drivers answer what is no message: " + e.getMessage());
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
                        status.isOk() ? new Status(Code.INTERNAL, "the Python drivers gave no answer") : status));
            }
        }
    }
}
