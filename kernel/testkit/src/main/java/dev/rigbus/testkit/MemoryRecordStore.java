package dev.rigbus.testkit;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Records without a disk, told to watchers before a write returns; {@link #refuse} makes it unavailable. */
public final class MemoryRecordStore implements RecordStore {
    private final Map<String, Map<String, StoredRecord>> kinds = new ConcurrentHashMap<>();
    private final Map<String, List<Consumer<StoredRecord>>> watchers = new ConcurrentHashMap<>();
    private final LongSupplier time;
    private volatile @Nullable String refusal;

    public MemoryRecordStore(LongSupplier time) {
        this.time = time;
    }

    /** From now on writes fail with this text; absent to work again. */
    public void refuse(@Nullable String text) {
        refusal = text;
    }

    @Override
    public @Nullable StoredRecord get(String kind, String key) {
        StoredRecord record = kind(kind).get(key);
        return record == null || record.isDeleted() ? null : record;
    }

    @Override
    public Collection<StoredRecord> all(String kind) {
        return kind(kind).values().stream().filter(r -> !r.isDeleted()).toList();
    }

    @Override
    public Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value) {
        String text = refusal;
        if (text != null) {
            return Future.failedFuture(new StoreUnavailableException(text));
        }
        StoredRecord written;
        synchronized (this) {
            StoredRecord current = kind(kind).get(key);
            boolean fits = expected == 0
                    ? current == null || current.isDeleted()
                    : current != null && current.version() == expected;
            if (!fits) {
                return Future.failedFuture(new ConflictException(kind, key, current));
            }
            written = put(kind, key, current == null ? 1 : current.version() + 1, value);
        }
        tell(written);
        return Future.succeededFuture(written);
    }

    @Override
    public Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value) {
        StoredRecord written;
        synchronized (this) {
            StoredRecord current = kind(kind).get(key);
            long next = current == null ? 1 : current.version() + 1;
            written = put(kind, key, Math.max(next, epoch << 40), value);
        }
        tell(written);
        return Future.succeededFuture(written);
    }

    private StoredRecord put(String kind, String key, long version, @Nullable String value) {
        StoredRecord record = new StoredRecord(kind, key, version, time.getAsLong(), value);
        kind(kind).put(key, record);
        return record;
    }

    private void tell(StoredRecord record) {
        watchers.getOrDefault(record.kind(), List.of()).forEach(watcher -> watcher.accept(record));
    }

    @Override
    public Registration watch(String kind, Consumer<StoredRecord> listener) {
        List<Consumer<StoredRecord>> all = watchers.computeIfAbsent(kind, k -> new CopyOnWriteArrayList<>());
        all.add(listener);
        return () -> all.remove(listener);
    }

    private Map<String, StoredRecord> kind(String kind) {
        return kinds.computeIfAbsent(kind, k -> new ConcurrentHashMap<>());
    }
}
