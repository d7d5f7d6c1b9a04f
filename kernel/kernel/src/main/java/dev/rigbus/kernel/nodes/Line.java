package dev.rigbus.kernel.nodes;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.call.WireForm;
import dev.rigbus.kernel.pump.Chunks;
import dev.rigbus.kernel.pump.RawStream;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to drivers on another node: one connection between the two nodes, with the messages of the driver protocol in their wire form. Both
 * ends are lines. What is written in one turn of the event loop leaves together.
 */
final class Line implements Way, RawStream.Receiver {
    /** A value may be as large as a message of gRPC. */
    private static final int MOST_BYTES = 64 << 20;

    private static final byte ASK = 0;
    private static final byte TELL = 1;
    private static final byte ANSWER = 2;
    private static final byte REFUSE = 3;

    private static final Logger log = LoggerFactory.getLogger(Line.class);

    private final RawStream stream;
    private final Function<Object, Future<Object>> answers;
    private final Ear ear;
    private final Map<Long, Promise<Object>> waiting = new HashMap<>();
    private final Promise<Void> lost = Promise.promise();
    private long next;
    private boolean flushing;
    private boolean closed;

    private Line(RawStream stream, Function<Object, Future<Object>> answers, Ear ear) {
        this.stream = stream;
        this.answers = answers;
        this.ear = ear;
    }

    /**
     * Makes a line of a connection, on its event loop.
     *
     * @param answers what the other end asks; on the event loop
     * @param ear hears what it tells; on the event loop
     */
    static Line on(RawStream connection, Function<Object, Future<Object>> answers, Ear ear) {
        Line line = new Line(new Chunks(connection, MOST_BYTES), answers, ear);
        line.stream.start(line);
        return line;
    }

    private void onLoop(Runnable task) {
        if (stream.eventLoop().inEventLoop()) {
            task.run();
        } else {
            stream.eventLoop().execute(task);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the protocol says what answers what
    public <T> Future<T> ask(ContextInternal context, Afar message) {
        Promise<Object> answer = context.promise();
        onLoop(() -> {
            if (closed) {
                answer.fail(gone());
                return;
            }
            long id = next++;
            waiting.put(id, answer);
            write(ASK, id, message);
        });
        return (Future<T>) answer.future();
    }

    @Override
    public void tell(Afar message) {
        push(message);
    }

    /** Tells the other end something of any kind that has a wire form. */
    void push(Object message) {
        onLoop(() -> write(TELL, 0, message));
    }

    private void write(byte kind, long id, Object message) {
        if (closed) {
            return;
        }
        Buffer buffer = Buffer.buffer().appendByte(kind).appendLong(id);
        WireForm.write(message, buffer);
        stream.write(((BufferInternal) buffer).getByteBuf());
        if (!flushing) {
            flushing = true;
            stream.eventLoop().execute(() -> {
                flushing = false;
                stream.flush();
            });
        }
    }

    @Override
    public void data(ByteBuf chunk) {
        try {
            byte kind = chunk.readByte();
            long id = chunk.readLong();
            heard(kind, id, WireForm.read(BufferInternal.buffer(chunk.slice()), 0));
        } catch (RuntimeException e) {
            log.error("what came from another node is no message", e);
            failed(e);
        } finally {
            chunk.release();
        }
    }

    private void heard(byte kind, long id, Object message) {
        switch (kind) {
            case ASK ->
                answers.apply(message)
                        .onComplete(done -> onLoop(() -> {
                            if (done.succeeded()) {
                                write(ANSWER, id, done.result());
                            } else {
                                write(REFUSE, id, Failures.failure(done.cause()));
                            }
                        }));
            case TELL -> ear.heard(message);
            default -> {
                Promise<Object> answer = waiting.remove(id);
                if (answer != null && kind == ANSWER) {
                    answer.complete(message);
                } else if (answer != null) {
                    answer.fail(new StatusException(Failures.status((Failure) message)));
                }
            }
        }
    }

    private static StatusException gone() {
        return new StatusException(new Status(Code.UNAVAILABLE, "the connection to the driver's node is lost"));
    }

    @Override
    public void ended() {
        failed(gone());
    }

    @Override
    public void failed(Throwable cause) {
        if (!closed) {
            closed = true;
            stream.close();
            List<Promise<Object>> all = List.copyOf(waiting.values());
            waiting.clear();
            all.forEach(answer -> answer.fail(gone()));
            lost.complete();
        }
    }

    @Override
    public void writable() {
        // What is written is bounded by the calls and their credit.
    }

    @Override
    public Future<Void> lost() {
        return lost.future();
    }

    @Override
    public void close() {
        onLoop(() -> failed(gone()));
    }
}
