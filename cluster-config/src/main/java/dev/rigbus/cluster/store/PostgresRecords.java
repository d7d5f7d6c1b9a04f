package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of a lab that has PostgreSQL. What counts stands there; this node has a copy in memory and in a file, which goes on being read
 * while the database is away. What one node alone writes stays with the nodes.
 */
final class PostgresRecords implements RecordStore {
    /** A write that waited longer for its turn is not begun. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    private final Database database;
    private final DatabaseFollower follower;
    private final LocalRecords copy;
    private final RecordStore owned;
    private final Set<String> localKinds;
    private final Executor answers;
    private final LongSupplier time;
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService writers = Executors.newFixedThreadPool(Database.CONNECTIONS, task -> {
        Thread thread = new Thread(task, "rigbus-database-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });

    PostgresRecords(
            Database database,
            DatabaseFollower follower,
            LocalRecords copy,
            RecordStore owned,
            Set<String> localKinds,
            Executor answers,
            LongSupplier time) {
        this.database = database;
        this.follower = follower;
        this.copy = copy;
        this.owned = owned;
        this.localKinds = localKinds;
        this.answers = answers;
        this.time = time;
    }

    private RecordStore of(String kind) {
        return localKinds.contains(kind) ? owned : copy;
    }

    @Override
    public @Nullable StoredRecord get(String kind, String key) {
        return of(kind).get(kind, key);
    }

    @Override
    public Collection<StoredRecord> all(String kind) {
        return of(kind).all(kind);
    }

    @Override
    public Registration watch(String kind, Consumer<StoredRecord> listener) {
        return of(kind).watch(kind, listener);
    }

    @Override
    public Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value) {
        return localKinds.contains(kind)
                ? owned.own(kind, key, epoch, value)
                : Future.failedFuture(new IllegalArgumentException(kind + " belongs to the lab's database"));
    }

    @Override
    public Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value) {
        if (LocalRecords.tooLarge(value)) {
            return LocalRecords.refused(kind, key);
        }
        if (localKinds.contains(kind)) {
            return owned.write(kind, key, expected, value);
        }
        String away = follower.away();
        if (away != null) {
            return Future.failedFuture(away(away));
        }
        Answer<StoredRecord> answer = new Answer<>(answers);
        long asked = System.nanoTime();
        try {
            writers.execute(() -> write(new Key(kind, key), expected, value, asked, answer));
        } catch (RejectedExecutionException e) {
            return Future.failedFuture(new StoreUnavailableException("this node of the lab is shutting down"));
        }
        return answer.future();
    }

    private void write(Key key, long expected, @Nullable String value, long asked, Answer<StoredRecord> answer) {
        String away = follower.away();
        if (away != null || System.nanoTime() - asked > PATIENCE_NANOS) {
            answer.fail(away(away == null ? "it is too slow" : away));
            return;
        }
        Connection connection;
        try {
            connection = database.borrow();
        } catch (SQLException | RuntimeException e) {
            follower.lost(Database.reason(e));
            answer.fail(away(Database.reason(e)));
            return;
        }
        try (connection) {
            StoredRecord written = DatabaseTable.write(connection, key, expected, value, time.getAsLong());
            StoredRecord stands = written == null ? DatabaseTable.read(connection, key) : written;
            // Here before it is said, so that whoever asked finds it; if this disk is full, it counts all the same.
            Future<?> here =
                    stands == null ? Future.succeededFuture() : copy.merge(List.of(stands), Copies.HIGHER_VERSION);
            here.onComplete(done -> say(key, written, stands, answer));
        } catch (SQLException | RuntimeException e) {
            answer.fail(failed(e));
        }
    }

    private static void say(
            Key key, @Nullable StoredRecord written, @Nullable StoredRecord stands, Answer<StoredRecord> answer) {
        if (written != null) {
            answer.complete(written);
        } else {
            answer.fail(
                    new ConflictException(key.kind(), key.key(), stands == null || stands.isDeleted() ? null : stands));
        }
    }

    private StoreUnavailableException failed(Throwable cause) {
        String reason = Database.reason(cause);
        if (!Database.isLoss(cause)) {
            return new StoreUnavailableException("the lab's database refuses this: " + reason);
        }
        follower.lost(reason);
        return new StoreUnavailableException("the lab's database is away: " + reason
                + "; it is not known whether this change counts: look when it is back, and repeat it if it does not");
    }

    private static StoreUnavailableException away(String reason) {
        return new StoreUnavailableException(
                "the lab's database is away: " + reason + "; running leases go on, nothing was changed");
    }

    /** Blocks until the writes that run are done, a few seconds at most. */
    boolean close() throws InterruptedException {
        writers.shutdown();
        writers.awaitTermination(5, TimeUnit.SECONDS);
        follower.stop();
        database.close();
        return true;
    }
}
