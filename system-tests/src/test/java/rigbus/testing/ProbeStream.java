package rigbus.testing;

import dev.rigbus.driver.ByteStream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The driver's end of a stream: what is written is counted, what is emitted waits for its reader. Belongs to one context. */
final class ProbeStream implements ByteStream {
    private final ProbeGroup group;
    private final Context context;
    private final Queue<Buffer> waiting = new ArrayDeque<>();
    private BiConsumer<ProbeStream, Buffer> onData = (stream, data) -> {};
    private Consumer<ProbeStream> onEnd = stream -> {};
    private Consumer<ProbeStream> onDemand = stream -> {};
    private boolean deaf;
    private long demand = Long.MAX_VALUE;
    private boolean ending;
    private boolean endTold;
    private boolean closed;
    private @Nullable Throwable failure;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private @Nullable Handler<Throwable> exceptionHandler;

    ProbeStream(ProbeGroup group, Context context) {
        this.group = group;
        this.context = context;
        group.add("streams_open", 1);
    }

    ProbeStream onData(BiConsumer<ProbeStream, Buffer> to) {
        onData = to;
        return this;
    }

    ProbeStream onEnd(Consumer<ProbeStream> to) {
        onEnd = to;
        return this;
    }

    /** Told whenever the reader takes more. */
    ProbeStream onDemand(Consumer<ProbeStream> to) {
        onDemand = to;
        return this;
    }

    ProbeStream deaf() {
        deaf = true;
        return this;
    }

    void emit(Buffer data) {
        waiting.add(data);
        deliver();
    }

    void finish() {
        ending = true;
        deliver();
    }

    void fail(Throwable cause) {
        failure = cause;
        deliver();
    }

    boolean wantsMore() {
        return !closed && demand > 0 && handler != null;
    }

    Context context() {
        return context;
    }

    private void deliver() {
        while (wantsMore() && !waiting.isEmpty() && handler != null) {
            demand -= demand == Long.MAX_VALUE ? 0 : 1;
            handler.handle(waiting.remove());
        }
        if (closed || !waiting.isEmpty() || handler == null || endTold) {
            return;
        }
        if (failure != null && exceptionHandler != null) {
            endTold = true;
            exceptionHandler.handle(failure);
        } else if (ending && endHandler != null) {
            endTold = true;
            endHandler.handle(null);
        }
    }

    @Override
    public ByteStream handler(@Nullable Handler<Buffer> to) {
        handler = to;
        fetch(0);
        return this;
    }

    @Override
    public ByteStream pause() {
        demand = 0;
        return this;
    }

    @Override
    public ByteStream resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public ByteStream fetch(long amount) {
        demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
        deliver();
        if (wantsMore()) {
            onDemand.accept(this);
        }
        return this;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> to) {
        endHandler = to;
        return this;
    }

    @Override
    public ByteStream exceptionHandler(@Nullable Handler<Throwable> to) {
        exceptionHandler = to;
        return this;
    }

    @Override
    public ByteStream drainHandler(@Nullable Handler<Void> to) {
        return this;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (!deaf) {
            group.add("received", data.length());
            onData.accept(this, data);
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> end() {
        group.add("eofs", 1);
        onEnd.accept(this);
        return Future.succeededFuture();
    }

    @Override
    public ByteStream setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public boolean writeQueueFull() {
        return deaf || waiting.size() > 16;
    }

    @Override
    public Future<Void> close() {
        if (!closed) {
            closed = true;
            group.add("streams_open", -1);
            group.add("streams_closed", 1);
        }
        return Future.succeededFuture();
    }
}
