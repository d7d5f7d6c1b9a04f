package dev.rigbus.kernel.bridge;

import com.google.protobuf.Value;
import dev.rigbus.grpc.ClientCall;
import dev.rigbus.grpc.ClientListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.wire.StreamingDriverCallResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One streaming call to a Python driver: its items go to the bus, those of one turn of the event loop together, as far as there is credit. */
final class BridgedItems implements ClientListener {
    private final Id id;
    private final Context context;
    private final Consumer<Items> out;
    private final Runnable done;
    private List<Value> batch = new ArrayList<>();
    private @Nullable ClientCall call;
    private @Nullable Failure failure;
    private int credit;
    private int sequence;
    private boolean flushing;
    private boolean end;
    private boolean over;

    /** @param done told once, when nothing more will come */
    BridgedItems(Id id, int credit, Context context, Consumer<Items> out, Runnable done) {
        this.id = id;
        this.credit = credit;
        this.context = context;
        this.out = out;
        this.done = done;
    }

    void started(ClientCall asked) {
        call = asked;
    }

    @Override
    public void message(ByteBuf message) {
        batch.add(ChildSession.parse(message, StreamingDriverCallResponse.parser())
                .getResult());
        credit--;
        if (credit <= 0 && call != null) {
            call.pause();
        }
        flushLater();
    }

    @Override
    public void finished(Status status) {
        Status told = status.code() == Code.UNAVAILABLE ? ChildSession.GONE : status;
        finish(told.isOk() ? null : new Failure(told.code().number(), told.text()));
    }

    void fail(Throwable cause) {
        finish(Failures.failure(cause));
    }

    private void finish(@Nullable Failure why) {
        if (!end) {
            end = true;
            failure = why;
            flushLater();
        }
    }

    private void flushLater() {
        if (!flushing && !over) {
            flushing = true;
            context.runOnContext(v -> flush());
        }
    }

    private void flush() {
        flushing = false;
        if (over) {
            return;
        }
        List<Value> items = batch;
        batch = new ArrayList<>();
        over = end;
        out.accept(new Items(id, sequence++, items, end, failure));
        if (end) {
            done.run();
        }
    }

    void credit(int items) {
        credit += items;
        if (credit > 0 && call != null) {
            call.resume();
        }
    }

    /** Ends the call and tells its consumer why. */
    void expire(Failure why) {
        if (!over) {
            end = true;
            failure = why;
            flush();
            cancel();
        }
    }

    /** Nobody takes the items any more. */
    void cancel() {
        over = true;
        if (call != null) {
            call.cancel();
        }
        done.run();
    }
}
