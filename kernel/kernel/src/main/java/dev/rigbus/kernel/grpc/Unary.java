package dev.rigbus.kernel.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.Failures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Calls that take one message. */
public final class Unary {
    private Unary() {}

    /** Serves a call whose answer is one message. */
    static <Q extends MessageLite> CallHandler of(
            Parser<Q> parser, Function<Q, Future<? extends MessageLite>> service) {
        return of(parser, (call, request) -> service.apply(request));
    }

    /** The same for a service that looks at who calls; its future may complete on any thread. */
    public static <Q extends MessageLite> CallHandler of(
            Parser<Q> parser, BiFunction<ServerCall, Q, Future<? extends MessageLite>> service) {
        return streaming(parser, (call, request) -> {
            service.apply(call, request).onComplete(done -> {
                if (call.eventLoop().inEventLoop()) {
                    answer(call, done);
                } else {
                    call.eventLoop().execute(() -> answer(call, done));
                }
            });
            return null;
        });
    }

    private static void answer(ServerCall call, AsyncResult<? extends MessageLite> done) {
        if (done.succeeded()) {
            call.write(done.result());
            call.finish(Status.OK);
        } else {
            call.finish(Failures.status(done.cause()));
        }
    }

    /** Serves a call by a listener that is told of the call's further fate. */
    public static <Q extends MessageLite> CallHandler streaming(
            Parser<Q> parser, BiFunction<ServerCall, Q, @Nullable CallListener> service) {
        return call -> new One<>(call, parser, service);
    }

    static <Q extends MessageLite> Q parse(ByteBuf message, Parser<Q> parser) {
        try {
            return parser.parseFrom(ByteBufUtil.getBytes(message));
        } catch (InvalidProtocolBufferException e) {
            throw new StatusException(
                    Code.UNKNOWN,
                    "Unexpected <class 'google.protobuf.message.DecodeError'>: Error parsing message: "
                            + e.getMessage());
        } finally {
            message.release();
        }
    }

    private static final class One<Q extends MessageLite> implements CallListener {
        private final ServerCall call;
        private final Parser<Q> parser;
        private final BiFunction<ServerCall, Q, @Nullable CallListener> service;
        private @Nullable CallListener next;
        private boolean seen;

        One(ServerCall call, Parser<Q> parser, BiFunction<ServerCall, Q, @Nullable CallListener> service) {
            this.call = call;
            this.parser = parser;
            this.service = service;
        }

        @Override
        public void message(ByteBuf message) {
            if (seen) {
                message.release();
                throw new StatusException(Code.INVALID_ARGUMENT, "more than one message (expected: one)");
            }
            seen = true;
            next = service.apply(call, parse(message, parser));
        }

        @Override
        public void halfClosed() {
            if (!seen) {
                throw new StatusException(Code.INVALID_ARGUMENT, "no message (expected: one)");
            }
        }

        @Override
        public void writable() {
            if (next != null) {
                next.writable();
            }
        }

        @Override
        public void closed() {
            if (next != null) {
                next.closed();
            }
        }
    }
}
