package dev.rigbus.cluster.node;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records of one kind, in memory, for all nodes of a test: what is written here is known everywhere at once. */
final class MemoryRecords implements RecordStore {
    private final Map<String, StoredRecord> records = new ConcurrentHashMap<>();
    private final List<Consumer<StoredRecord>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public @Nullable StoredRecord get(String kind, String key) {
        return records.get(key);
    }

    NodeRecord node(String name) {
        return NodeRecord.parse(
                name, String.valueOf(Objects.requireNonNull(records.get(name)).value()));
    }

    @Override
    public Collection<StoredRecord> all(String kind) {
        return List.copyOf(records.values());
    }

    @Override
    public synchronized Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value) {
        StoredRecord before = records.get(key);
        if ((before == null ? 0 : before.version()) != expected) {
            return Future.failedFuture(new ConflictException(kind, key, before));
        }
        StoredRecord after = new StoredRecord(kind, key, expected + 1, expected, value);
        records.put(key, after);
        listeners.forEach(listener -> listener.accept(after));
        return Future.succeededFuture(after);
    }

    @Override
    public Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value) {
        throw new UnsupportedOperationException("nodes are not owned");
    }

    @Override
    public Registration watch(String kind, Consumer<StoredRecord> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
