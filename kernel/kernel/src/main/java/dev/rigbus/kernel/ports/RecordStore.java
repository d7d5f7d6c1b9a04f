package dev.rigbus.kernel.ports;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lab's records: all of them in memory on every node, and on a disk before a write counts. Safe to use from any thread; reads never
 * block. There are two ways to write, and a kind belongs to one of them for good:
 *
 * <ul>
 *   <li>{@link #write}, for what many nodes may change (identities, policies, leases): compare-and-set on the version. It counts when it is
 *       on the disk of one node and known to a second where there is one, or in the lab's database.
 *   <li>{@link #own}, for what one node at a time is the authority of (the state of an exporter): on the disk of this node first, told to
 *       the others afterwards, possible while no other node can be reached.
 * </ul>
 */
public interface RecordStore {
    /** What is known of it here; absent if it never was, or is deleted. */
    @Nullable
    StoredRecord get(String kind, String key);

    /** All that are not deleted, in no order; a snapshot. */
    Collection<StoredRecord> all(String kind);

    /**
     * Changes a record if its version is the expected one.
     *
     * @param expected 0 where there must be none, or a deleted one
     * @param value absent to delete it
     * @return the record as written; fails with a {@link ConflictException} that carries the record that stood there instead, and with a
     *     {@link StoreUnavailableException}, whose text is for users, when it is not known whether it will count
     */
    Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value);

    /**
     * Changes a record that this node is the authority of. Of two writers the one with the higher epoch wins.
     *
     * @param epoch grows each time another node becomes the authority; 0 to 2^23
     * @return complete once it is on this node's disk
     */
    Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value);

    /**
     * Tells of every change from now on, whoever made it, deletions included; of several quick changes of one key perhaps only of the last.
     * Called in order for one key, on a thread of the store, which must not be held up.
     */
    Registration watch(String kind, Consumer<StoredRecord> listener);

    /** Ends a watch. */
    interface Registration {
        void cancel();
    }

    /** Somebody else changed the record first. */
    final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient @Nullable StoredRecord current;

        public ConflictException(String kind, String key, @Nullable StoredRecord current) {
            super(kind + " " + key + " was changed by somebody else", null, false, false);
            this.current = current;
        }

        /** What stands there; absent if nothing does. */
        public @Nullable StoredRecord current() {
            return current;
        }
    }

    /** The store cannot write at the moment; what it said may be told to users. */
    final class StoreUnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        public StoreUnavailableException(String text) {
            super(text, null, false, false);
        }
    }
}
