package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.Registration;
import dev.rigbus.kernel.ports.StoredRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of changes on one thread. Of a key that changes faster than it is told, only the last state waits, so memory is bounded. */
final class Watchers {
    private static final Logger LOG = LoggerFactory.getLogger(Watchers.class);

    private final Executor thread;
    private final Map<String, List<Consumer<StoredRecord>>> watchers = new ConcurrentHashMap<>();
    private Map<Key, StoredRecord> waiting = new LinkedHashMap<>();

    Watchers(Executor thread) {
        this.thread = thread;
    }

    Registration add(String kind, Consumer<StoredRecord> listener) {
        List<Consumer<StoredRecord>> all = watchers.computeIfAbsent(kind, k -> new CopyOnWriteArrayList<>());
        // Wrapped, so that who watches twice can end one of the two.
        Consumer<StoredRecord> one = listener::accept;
        all.add(one);
        return () -> all.remove(one);
    }

    void tell(StoredRecord record) {
        if (!watchers.containsKey(record.kind())) {
            return;
        }
        boolean first;
        synchronized (this) {
            first = waiting.isEmpty();
            waiting.put(Key.of(record), record);
        }
        if (first) {
            try {
                thread.execute(this::deliver);
            } catch (RejectedExecutionException e) {
                LOG.debug("closed before all changes were told");
            }
        }
    }

    private void deliver() {
        Map<Key, StoredRecord> batch;
        synchronized (this) {
            batch = waiting;
            waiting = new LinkedHashMap<>();
        }
        for (StoredRecord record : batch.values()) {
            watchers.getOrDefault(record.kind(), List.of()).forEach(watcher -> tell(watcher, record));
        }
    }

    private static void tell(Consumer<StoredRecord> watcher, StoredRecord record) {
        try {
            watcher.accept(record);
        } catch (RuntimeException e) {
            // One watcher's mistake must not keep a change from the others.
            LOG.atError().setCause(e).addKeyValue("record", Key.of(record)).log("a watcher failed");
        }
    }
}
