package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.StoredRecord;
import java.util.Map;
import java.util.Objects;

/** What becomes of two copies of a record that meet, whichever node they meet on. */
@FunctionalInterface
interface Copies {
    StoredRecord merge(StoredRecord a, StoredRecord b);

    /** The copy of a store that alone decides: whatever it says is newer. */
    Copies HIGHER_VERSION = (here, there) -> there.version() > here.version() ? there : here;

    /**
     * By the rule of the kind. Where a copy's holder would see another content under the version that it knows, the version grows, so that a
     * compare-and-set on what was read before the copies met is refused.
     */
    static Copies by(Map<String, RecordMerge> rules) {
        return (a, b) -> {
            if (a.equals(b)) {
                return a;
            }
            StoredRecord result =
                    rules.getOrDefault(a.kind(), RecordMerge.NEWEST).merge(a, b);
            StoredRecord higher = a.version() >= b.version() ? a : b;
            boolean surprise = a.version() == b.version() || !Objects.equals(result.value(), higher.value());
            return new StoredRecord(
                    a.kind(),
                    a.key(),
                    surprise ? higher.version() + 1 : higher.version(),
                    result.changed(),
                    result.value());
        };
    }
}
