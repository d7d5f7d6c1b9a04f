package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/** All records in memory, deleted ones too. One thread changes it, all may read. */
final class RecordTable {
    private final NavigableMap<Key, StoredRecord> records = new ConcurrentSkipListMap<>();
    private final AtomicLongArray digests = new AtomicLongArray(Digest.BUCKETS);

    @Nullable
    StoredRecord get(Key key) {
        return records.get(key);
    }

    void put(StoredRecord record) {
        Key key = Key.of(record);
        StoredRecord before = records.put(key, record);
        mix(key, record);
        if (before != null) {
            mix(key, before);
        }
    }

    void remove(StoredRecord record) {
        if (records.remove(Key.of(record), record)) {
            mix(Key.of(record), record);
        }
    }

    /** Xor, so that the order of changes plays no part and a change that is taken back leaves nothing. */
    private void mix(Key key, StoredRecord record) {
        long hash = Digest.of(record);
        digests.accumulateAndGet(Digest.bucket(key), hash, (a, b) -> a ^ b);
    }

    Collection<StoredRecord> live(String kind) {
        return records.subMap(new Key(kind, ""), true, new Key(kind + "\0", ""), false).values().stream()
                .filter(record -> !record.isDeleted())
                .toList();
    }

    /** All after a key, in order; absent to begin with the first. */
    Iterable<StoredRecord> after(@Nullable Key key) {
        return key == null ? records.values() : records.tailMap(key, false).values();
    }

    List<StoredRecord> all() {
        return List.copyOf(records.values());
    }

    /** One number for each part of the table, the same wherever the same records are. */
    long[] digests() {
        long[] copy = new long[Digest.BUCKETS];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = digests.get(i);
        }
        return copy;
    }
}
