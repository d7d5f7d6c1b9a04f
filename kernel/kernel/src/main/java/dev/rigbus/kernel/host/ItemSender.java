package dev.rigbus.kernel.host;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of one streaming call, as they come; those of one turn of the event loop travel together. Items may be added from any
 * thread.
 */
final class ItemSender {
    private final Id id;
    private final Executor context;
    private final Consumer<Items> out;
    private List<Value> batch = new ArrayList<>();
    private boolean scheduled;
    private boolean end;
    private @Nullable Failure failure;
    private int sequence;

    ItemSender(Id id, Executor context, Consumer<Items> out) {
        this.id = id;
        this.context = context;
        this.out = out;
    }

    void add(Value item) {
        synchronized (this) {
            batch.add(item);
        }
        schedule();
    }

    void end(@Nullable Failure cause) {
        synchronized (this) {
            end = true;
            failure = cause;
        }
        schedule();
    }

    private void schedule() {
        synchronized (this) {
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        context.execute(this::flush);
    }

    private void flush() {
        Items items;
        synchronized (this) {
            scheduled = false;
            items = new Items(id, sequence++, batch, end, end ? failure : null);
            batch = new ArrayList<>();
        }
        out.accept(items);
    }
}
