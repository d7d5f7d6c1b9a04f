package dev.rigbus.client;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call with one message each way. */
final class UnaryCall<T> implements ClientListener {
    private final Parser<T> parser;
    private final Promise<T> answer = Promise.promise();
    private @Nullable T message;
    private @Nullable ScheduledFuture<?> limit;
    private @Nullable Runnable cancellation;

    UnaryCall(Parser<T> parser) {
        this.parser = parser;
    }

    /** @param timeout after which it fails here, too, whatever the exporter does */
    Future<T> start(GrpcClient client, String path, MessageLite request, @Nullable Duration timeout) {
        try {
            client.eventLoop().execute(() -> {
                var call = client.call(path, Map.of(), timeout, this);
                call.writeLast(request);
                cancellation = call::cancel;
                if (timeout != null && !answer.future().isComplete()) {
                    limit = client.eventLoop()
                            .schedule(
                                    () -> {
                                        expire(timeout);
                                        call.cancel();
                                    },
                                    timeout.toMillis(),
                                    TimeUnit.MILLISECONDS);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.fail(new StatusException(Code.UNAVAILABLE, "the client has been closed"));
        }
        return answer.future();
    }

    /** Nobody waits for it any more. */
    void cancel(GrpcClient client) {
        try {
            client.eventLoop().execute(() -> {
                if (cancellation != null) {
                    cancellation.run();
                }
            });
        } catch (RejectedExecutionException e) {
            // It has ended with its connection.
        }
    }

    private void expire(Duration timeout) {
        answer.tryFail(new StatusException(Code.DEADLINE_EXCEEDED, "no answer within " + Durations.text(timeout)));
    }

    @Override
    public void message(ByteBuf bytes) {
        message = AsyncCall.parse(bytes, parser);
    }

    @Override
    public void finished(Status status) {
        if (limit != null) {
            limit.cancel(false);
        }
        T said = message;
        if (!status.isOk()) {
            answer.tryFail(new StatusException(status));
        } else if (said == null) {
            answer.tryFail(new StatusException(Code.INTERNAL, "the exporter ended the call without an answer"));
        } else {
            answer.tryComplete(said);
        }
    }
}
