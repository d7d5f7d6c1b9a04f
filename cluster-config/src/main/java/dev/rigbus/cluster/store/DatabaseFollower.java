package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.json.JsonArray;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's copy up with the database, on a thread of its own: everything when it has connected, then what is announced. While there
 * is no connection it tries again and again, and others can ask why.
 */
final class DatabaseFollower {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFollower.class);
    private static final int BATCH = 500;
    private static final int LISTEN_MILLIS = 1000;
    private static final long AGAIN_MILLIS = 500;
    private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

    private final Database database;
    private final LocalRecords copy;
    private final Supplier<Collection<StoredRecord>> former;
    private final LongSupplier time;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "rigbus-database");
    private volatile @Nullable String away = "not connected yet";
    private @Nullable Connection first;
    private long purged = System.nanoTime() - DAY_NANOS;

    /** @param former what the lab had before it had a database */
    DatabaseFollower(
            Database database, LocalRecords copy, Supplier<Collection<StoredRecord>> former, LongSupplier time) {
        this.database = database;
        this.copy = copy;
        this.former = former;
        this.time = time;
        thread.setDaemon(true);
    }

    /** Why the database cannot be used; absent while it can. */
    @Nullable
    String away() {
        return away;
    }

    /** Somebody else noticed first. */
    void lost(String reason) {
        away = reason;
    }

    /** Connects for the first time; a database that cannot be reached is no failure, one that refuses is. Blocks. */
    void start() throws SQLException {
        Connection connection = null;
        try {
            connection = connect();
        } catch (SQLException | RuntimeException e) {
            if (Database.isRefusal(e) || e instanceof StoreUnavailableException) {
                throw e;
            }
            away = Database.reason(e);
            LOG.warn("the lab's database is away, its records are those of this node's copy: {}", away);
        }
        first = connection;
        thread.start();
    }

    private Connection connect() throws SQLException {
        Connection connection = database.connect();
        try {
            database.migrate();
            int filled = DatabaseTable.fill(connection, former.get());
            if (filled > 0) {
                LOG.info("the lab's database was empty and has taken over {} records", filled);
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + DatabaseTable.CHANNEL);
            }
            catchUp(connection);
            away = null;
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private void run() {
        Connection connection = first;
        while (stopped.getCount() > 0) {
            try {
                if (connection == null) {
                    connection = connect();
                    LOG.info("the lab's database is back");
                }
                follow(connection);
            } catch (SQLException | RuntimeException e) {
                close(connection);
                connection = null;
                if (stopped.getCount() > 0) {
                    tell(Database.reason(e));
                    pause();
                }
            }
        }
        close(connection);
    }

    private void tell(String reason) {
        if (!reason.equals(away)) {
            LOG.warn("the lab's database is away: {}", reason);
        }
        away = reason;
    }

    private void follow(Connection connection) throws SQLException {
        while (stopped.getCount() > 0) {
            String reason = away;
            if (reason != null) {
                throw new SQLException(reason, "08006"); // a writer found it gone: connect anew before others try
            }
            PGNotification[] announced = connection.unwrap(PGConnection.class).getNotifications(LISTEN_MILLIS);
            Set<Key> keys = new LinkedHashSet<>();
            for (PGNotification each : announced) {
                keys.add(Wire.key(new JsonArray(each.getParameter())));
            }
            if (!keys.isEmpty()) {
                take(DatabaseTable.read(connection, keys));
            } else {
                stillThere(connection);
            }
        }
    }

    /** A server that has vanished without a word is noticed by asking it. */
    private void stillThere(Connection connection) throws SQLException {
        if (System.nanoTime() - purged > DAY_NANOS) {
            purged = System.nanoTime();
            // Later than the copies forget, so that none of them has a deletion that is newer than what comes after.
            DatabaseTable.purge(connection, time.getAsLong() - 2 * LocalRecords.TOMBSTONES_KEPT.toMillis());
        } else if (!connection.isValid(1)) {
            throw new SQLException("the connection does not answer", "08006");
        }
    }

    private void catchUp(Connection connection) throws SQLException {
        // Those that are here were there; what comes while this reads is none of them.
        Set<Key> known = new HashSet<>();
        copy.table().all().stream().filter(record -> !record.isDeleted()).forEach(record -> known.add(Key.of(record)));
        List<StoredRecord> batch = new ArrayList<>();
        DatabaseTable.readAll(connection, record -> {
            known.remove(Key.of(record));
            StoredRecord here = copy.table().get(Key.of(record));
            if (here == null ? !record.isDeleted() : record.version() > here.version()) {
                batch.add(record);
                if (batch.size() == BATCH) {
                    take(List.copyOf(batch));
                    batch.clear();
                }
            }
        });
        known.forEach(key -> batch.add(gone(key)));
        take(List.copyOf(batch));
    }

    /** Waits for this node's disk; what it cannot keep now is fetched again with the next connection. */
    private void take(List<StoredRecord> records) {
        copy.merge(records, Copies.HIGHER_VERSION).await();
    }

    /** Deleted so long ago that the database has forgotten it. */
    private StoredRecord gone(Key key) {
        StoredRecord here = copy.table().get(key);
        return new StoredRecord(key.kind(), key.key(), here == null ? 1 : here.version() + 1, 0, null);
    }

    private void pause() {
        try {
            if (stopped.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("stopped while the database was away");
            }
        } catch (InterruptedException e) {
            stopped.countDown();
        }
    }

    private static void close(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It was of no use any more.
        }
    }

    /** Blocks until the thread has ended. */
    void stop() throws InterruptedException {
        stopped.countDown();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }
}
