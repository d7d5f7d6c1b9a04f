package dev.rigbus.kernel.grpc;

import com.google.protobuf.Value;
import dev.rigbus.kernel.call.DriverMessage.Failure;
import dev.rigbus.kernel.call.DriverMessage.Items;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Puts the frames of one streaming call in order: the first comes as a reply, the others on the endpoint. */
final class ItemsReceiver {
    /** Takes items on the event loop that it was made for. */
    interface Sink {
        void items(List<Value> items);

        /** Nothing follows. */
        void end(@Nullable Failure failure);
    }

    private final EventLoop loop;
    private final Sink sink;
    private final TreeMap<Integer, Items> early = new TreeMap<>();
    private int next;

    ItemsReceiver(EventLoop loop, Sink sink) {
        this.loop = loop;
        this.sink = sink;
    }

    void arrived(Items items) {
        if (loop.inEventLoop()) {
            take(items);
        } else {
            loop.execute(() -> take(items));
        }
    }

    void failed(Failure failure) {
        loop.execute(() -> sink.end(failure));
    }

    private void take(Items items) {
        early.put(items.sequence(), items);
        for (Items now = early.remove(next); now != null; now = early.remove(next)) {
            next++;
            if (!now.items().isEmpty()) {
                sink.items(now.items());
            }
            if (now.end()) {
                sink.end(now.failure());
            }
        }
    }
}
