package dev.rigbus.kernel.host;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the items of one streaming call. What comes alone leaves at once; while items come faster than the event loop turns they are
 * collected for a moment, as each message costs more than an item. Items may be added from any thread.
 */
final class ItemSender {
    /** How long an item may wait for others. */
    private static final long PATIENCE_US = 250;

    private static final int FULL = 64;

    /** The driver's context. */
    interface Turns extends Executor {
        void schedule(Runnable task, long delay, TimeUnit unit);
    }

    private final Id id;
    private final Turns turns;
    private final Consumer<Items> out;
    private List<Value> batch = new ArrayList<>();
    private boolean executing;
    private boolean waiting;
    private boolean end;
    private @Nullable Failure failure;
    private int sequence;

    ItemSender(Id id, Turns turns, Consumer<Items> out) {
        this.id = id;
        this.turns = turns;
        this.out = out;
    }

    void add(Value item) {
        synchronized (this) {
            batch.add(item);
            if (executing || waiting && batch.size() < FULL) {
                return;
            }
            executing = true;
        }
        turns.execute(this::executed);
    }

    void end(@Nullable Failure cause) {
        synchronized (this) {
            end = true;
            failure = cause;
            if (executing) {
                return;
            }
            executing = true;
        }
        turns.execute(this::executed);
    }

    private void executed() {
        Items items;
        boolean wait;
        synchronized (this) {
            executing = false;
            items = take();
            wait = !waiting && !end && items.items().size() > 1;
            waiting |= wait;
        }
        if (wait) {
            turns.schedule(this::waited, PATIENCE_US, TimeUnit.MICROSECONDS);
        }
        out.accept(items);
    }

    private void waited() {
        synchronized (this) {
            waiting = false;
            if (executing || batch.isEmpty()) {
                return;
            }
            executing = true;
        }
        executed();
    }

    private Items take() {
        Items items = new Items(id, sequence++, batch, end, end ? failure : null);
        batch = new ArrayList<>();
        return items;
    }
}
