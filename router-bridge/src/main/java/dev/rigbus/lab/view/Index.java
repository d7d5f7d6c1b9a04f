package dev.rigbus.lab.view;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one kind, as values, in the order of their names. */
final class Index<T> {
    private static final Logger log = LoggerFactory.getLogger(Index.class);

    private final RecordStore store;
    private final String kind;
    private final Class<T> type;
    /** Keeps further orders; called under the lock, one change after the other. */
    private final Consumer<Changed<T>> keeper;

    private final NavigableMap<ObjectName, T> values = new ConcurrentSkipListMap<>();
    private final List<Consumer<Changed<T>>> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Changed<T>> untold = new ConcurrentLinkedQueue<>();
    private final AtomicInteger telling = new AtomicInteger();

    Index(RecordStore store, String kind, Class<T> type, Consumer<Changed<T>> keeper) {
        this.store = store;
        this.kind = kind;
        this.type = type;
        this.keeper = keeper;
    }

    /** Watches before it loads, so that nothing falls in between. */
    RecordStore.Registration open() {
        RecordStore.Registration watch = store.watch(kind, record -> refresh(record.key()));
        store.all(kind).forEach(record -> refresh(record.key()));
        return watch;
    }

    String kind() {
        return kind;
    }

    NavigableMap<ObjectName, T> values() {
        return values;
    }

    RecordStore.Registration listen(Consumer<Changed<T>> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Asks the store for what stands there now: whatever order notices arrive in, the last one leaves the newest. */
    void refresh(String key) {
        synchronized (this) {
            ObjectName name = ObjectName.ofKey(key);
            StoredRecord record = store.get(kind, key);
            T now = record == null ? null : read(record);
            T before = now == null ? values.remove(name) : values.put(name, now);
            if (Objects.equals(before, now)) {
                return;
            }
            Changed<T> change = new Changed<>(name, before, now);
            keeper.accept(change);
            untold.add(change);
        }
        tell();
    }

    /** One thread at a time tells all changes, also those that listeners cause, so that all hear them in one order. */
    private void tell() {
        if (telling.getAndIncrement() > 0) {
            return;
        }
        do {
            Changed<T> change = Objects.requireNonNull(untold.poll());
            listeners.forEach(listener -> tell(listener, change));
        } while (telling.decrementAndGet() > 0);
    }

    private void tell(Consumer<Changed<T>> listener, Changed<T> change) {
        try {
            listener.accept(change);
        } catch (RuntimeException e) {
            // The others are to hear of it all the same.
            log.atError().addKeyValue(kind, change.name()).setCause(e).log("a listener failed");
        }
    }

    private @Nullable T read(StoredRecord record) {
        String value = record.value();
        if (value == null) {
            return null;
        }
        try {
            return Records.read(type, value);
        } catch (IllegalArgumentException e) {
            log.atError().addKeyValue(kind, record.key()).log("passed over: {}", e.getMessage());
            return null;
        }
    }
}
