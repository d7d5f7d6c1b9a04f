package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;

/** What a record is found by, in the order in which copies are compared. */
record Key(String kind, String key) implements Comparable<Key> {
    static Key of(StoredRecord record) {
        return new Key(record.kind(), record.key());
    }

    @Override
    public int compareTo(Key other) {
        int order = kind.compareTo(other.kind);
        return order != 0 ? order : key.compareTo(other.key);
    }

    @Override
    public String toString() {
        return kind + " " + key;
    }
}
