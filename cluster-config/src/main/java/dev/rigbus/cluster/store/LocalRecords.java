package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The records of this node's file, which are all that a lab of one node has. */
final class LocalRecords implements RecordStore {
    /** How long a deletion is remembered; a node that stays away longer may bring deleted records back. */
    static final Duration TOMBSTONES_KEPT = Duration.ofDays(30);

    /** The most that one record may hold; a message between nodes has room for it. */
    static final int LARGEST_VALUE = 128 * 1024;

    private static final int EPOCH_SHIFT = 40;

    private final RecordTable table = new RecordTable();
    private final Watchers watchers;
    private final GroupCommit commits;
    private final LongSupplier time;

    /**
     * Loads all records, which blocks.
     *
     * @param writer runs one task after the other; they wait for the disk
     * @param answers completes the futures of callers that are on no Vert.x context
     * @param watching runs one task after the other; they call listeners
     */
    LocalRecords(LabFile file, LongSupplier time, Executor writer, Executor answers, Executor watching) {
        this.time = time;
        this.watchers = new Watchers(watching);
        this.commits = new GroupCommit(file, table, writer, answers, watchers::tell);
        try {
            file.load(table::put);
        } catch (SQLException e) {
            throw file.trouble(e);
        }
    }

    @Override
    public @Nullable StoredRecord get(String kind, String key) {
        StoredRecord record = table.get(new Key(kind, key));
        return record == null || record.isDeleted() ? null : record;
    }

    @Override
    public Collection<StoredRecord> all(String kind) {
        return table.live(kind);
    }

    @Override
    public Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value) {
        return tooLarge(value)
                ? refused(kind, key)
                : commits.submit(transaction -> {
                    StoredRecord current = transaction.current(new Key(kind, key));
                    StoredRecord next = next(current, kind, key, expected, value, time.getAsLong());
                    transaction.put(next);
                    return next;
                });
    }

    static boolean tooLarge(@Nullable String value) {
        return value != null && value.length() > LARGEST_VALUE;
    }

    static <T> Future<T> refused(String kind, String key) {
        return Future.failedFuture(new IllegalArgumentException(
                kind + " " + key + " is too large to be kept (at most " + LARGEST_VALUE + " characters)"));
    }

    /** The record that a compare-and-set makes, or the conflict that it meets. */
    static StoredRecord next(
            @Nullable StoredRecord current, String kind, String key, long expected, @Nullable String value, long now) {
        boolean fits = expected == 0
                ? current == null || current.isDeleted()
                : current != null && !current.isDeleted() && current.version() == expected;
        if (!fits) {
            throw new ConflictException(kind, key, current == null || current.isDeleted() ? null : current);
        }
        return new StoredRecord(kind, key, current == null ? 1 : current.version() + 1, now, value);
    }

    @Override
    public Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value) {
        if (epoch < 0 || epoch >= 1 << (63 - EPOCH_SHIFT)) {
            return Future.failedFuture(new IllegalArgumentException("epoch: " + epoch + " (expected: 0 to 2^23 - 1)"));
        }
        if (tooLarge(value)) {
            return refused(kind, key);
        }
        return commits.submit(transaction -> {
            StoredRecord current = transaction.current(new Key(kind, key));
            long version = current == null ? 0 : current.version();
            if (version >> EPOCH_SHIFT > epoch) {
                throw new ConflictException(kind, key, current);
            }
            StoredRecord next =
                    new StoredRecord(kind, key, Math.max(version + 1, epoch << EPOCH_SHIFT), time.getAsLong(), value);
            transaction.put(next);
            return next;
        });
    }

    /** Whether this is the first that its writer wrote as the authority of the record. */
    static boolean beginsEpoch(StoredRecord record) {
        return (record.version() & (1L << EPOCH_SHIFT) - 1) == 0;
    }

    @Override
    public Registration watch(String kind, Consumer<StoredRecord> listener) {
        return watchers.add(kind, listener);
    }

    /** Takes in copies from elsewhere. */
    Future<List<StoredRecord>> merge(Collection<StoredRecord> copies, Copies rule) {
        return commits.submit(transaction -> {
            List<StoredRecord> results = new ArrayList<>(copies.size());
            for (StoredRecord copy : copies) {
                results.add(merge(transaction, copy, rule));
            }
            return results;
        });
    }

    private StoredRecord merge(GroupCommit.Transaction transaction, StoredRecord copy, Copies rule)
            throws SQLException {
        StoredRecord current = transaction.current(Key.of(copy));
        if (current == null && outlived(copy)) {
            return copy; // forgotten here already, and about to be there
        }
        StoredRecord result = current == null ? copy : rule.merge(current, copy);
        if (!result.equals(current)) {
            transaction.put(result);
        }
        return result;
    }

    /** Completes when all that was asked before is in memory. */
    Future<Void> settled() {
        return commits.submit(transaction -> true).mapEmpty();
    }

    /** Fails if the disk takes nothing. */
    Future<Void> probe() {
        return commits.submit(transaction -> transaction.file().touch()).mapEmpty();
    }

    <T> Future<T> submit(GroupCommit.Change<T> change) {
        return commits.submit(change);
    }

    RecordTable table() {
        return table;
    }

    /** Forgets deletions that every node has had the time to hear of. */
    Future<Integer> purge() {
        return commits.submit(transaction -> {
            List<StoredRecord> old =
                    transaction.all().stream().filter(this::outlived).toList();
            for (StoredRecord record : old) {
                if (record.equals(transaction.current(Key.of(record)))) {
                    transaction.drop(record);
                }
            }
            return old.size();
        });
    }

    private boolean outlived(StoredRecord record) {
        return record.isDeleted() && record.changed() < time.getAsLong() - TOMBSTONES_KEPT.toMillis();
    }

    void close() {
        commits.close();
    }
}
