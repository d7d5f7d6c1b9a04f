package dev.rigbus.kernel.ports;

/**
 * What becomes of two copies of one record that were changed apart from each other, on the two sides of a split. The result must not depend
 * on which is given first, so that all nodes come to the same.
 */
@FunctionalInterface
public interface RecordMerge {
    /** The copy that was changed more often, or else later, or else the one whose text is greater. */
    RecordMerge NEWEST = (a, b) -> {
        int order = Long.compare(a.version(), b.version());
        order = order != 0 ? order : Long.compare(a.changed(), b.changed());
        order = order != 0 ? order : String.valueOf(a.value()).compareTo(String.valueOf(b.value()));
        return order >= 0 ? a : b;
    };

    /** One of the two, or a record of the higher version of both, made of what each has. */
    StoredRecord merge(StoredRecord a, StoredRecord b);
}
