package dev.rigbus.kernel.ports;

import org.jspecify.annotations.Nullable;

/**
 * One fact that the lab keeps: an identity, a policy, a lease.
 *
 * @param kind such as {@code lease}; lower case
 * @param key unique within its kind; for what has a name, {@code namespace/name}
 * @param version from 1 on, one more with every change; a deletion is a change too
 * @param changed milliseconds of the lab's time ({@link Cluster#time})
 * @param value a JSON object as text; absent once deleted
 */
public record StoredRecord(
        String kind,
        String key,
        long version,
        long changed,
        @Nullable String value) {
    public boolean isDeleted() {
        return value == null;
    }
}
