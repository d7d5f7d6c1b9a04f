package dev.rigbus.kernel.nodes;

import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import io.vertx.core.Context;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One streaming call to a driver on another node: its items in their order, and an end whatever happens there. */
final class StandInItems {
    private final Id asked;
    private final Context context;
    private final Consumer<Items> out;
    private final Runnable done;
    private final TreeMap<Integer, Items> early = new TreeMap<>();
    private int next;
    private boolean over;

    /**
     * @param asked how the caller names the call
     * @param context all of this happens there
     * @param done told once, when nothing more will come
     */
    StandInItems(Id asked, Context context, Consumer<Items> out, Runnable done) {
        this.asked = asked;
        this.context = context;
        this.out = out;
        this.done = done;
    }

    /** From any thread, in any order: the first comes as an answer, the others by themselves. */
    void arrived(Items items) {
        context.runOnContext(v -> {
            early.put(items.sequence(), items);
            for (Items now = early.remove(next); now != null && !over; now = early.remove(next)) {
                pass(now.items(), now.end(), now.failure());
            }
        });
    }

    private void pass(List<com.google.protobuf.Value> items, boolean end, @Nullable Failure failure) {
        over = end;
        out.accept(new Items(asked, next++, items, end, failure));
        if (end) {
            done.run();
        }
    }

    /** Ends it, and tells its consumer why; on the context. */
    void expire(Failure why) {
        if (!over) {
            pass(List.of(), true, why);
        }
    }

    /** Nobody takes the items any more; on the context. */
    void cancel() {
        if (!over) {
            over = true;
            done.run();
        }
    }
}
