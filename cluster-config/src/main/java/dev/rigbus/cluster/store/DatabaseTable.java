package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The records in PostgreSQL, statement by statement. Every change is announced to those who listen when it is committed. */
final class DatabaseTable {
    static final String CHANNEL = "rigbus_record";

    private static final String ANNOUNCED =
            ") SELECT version, pg_notify('" + CHANNEL + "', json_build_array(kind, key)::text) FROM done";
    private static final String CREATE = "WITH done AS (INSERT INTO record AS r (kind, key, version, changed, value)"
            + " VALUES (?, ?, 1, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET version = r.version + 1,"
            + " changed = excluded.changed, value = excluded.value WHERE r.value IS NULL RETURNING kind, key, version"
            + ANNOUNCED;
    private static final String CHANGE = "WITH done AS (UPDATE record SET version = version + 1, changed = ?, value = ?"
            + " WHERE kind = ? AND key = ? AND version = ? AND value IS NOT NULL RETURNING kind, key, version"
            + ANNOUNCED;
    private static final String COLUMNS = "SELECT kind, key, version, changed, value FROM record";
    private static final long IMPORT_LOCK = 0x726967627573L;

    private DatabaseTable() {}

    /** The record as written; absent if another stands there. */
    static @Nullable StoredRecord write(Connection connection, Key key, long expected, @Nullable String value, long now)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(expected == 0 ? CREATE : CHANGE)) {
            int first = expected == 0 ? 1 : 3;
            int second = expected == 0 ? 3 : 1;
            statement.setString(first, key.kind());
            statement.setString(first + 1, key.key());
            statement.setLong(second, now);
            statement.setObject(second + 1, value, Types.VARCHAR);
            if (expected != 0) {
                statement.setLong(5, expected);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new StoredRecord(key.kind(), key.key(), row.getLong(1), now, value) : null;
            }
        }
    }

    static @Nullable StoredRecord read(Connection connection, Key key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS + " WHERE kind = ? AND key = ?")) {
            statement.setString(1, key.kind());
            statement.setString(2, key.key());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? LabFile.read(row) : null;
            }
        }
    }

    static List<StoredRecord> read(Connection connection, Collection<Key> keys) throws SQLException {
        List<StoredRecord> records = new ArrayList<>();
        for (Key key : keys) {
            StoredRecord record = read(connection, key);
            if (record != null) {
                records.add(record);
            }
        }
        return records;
    }

    static void readAll(Connection connection, Consumer<StoredRecord> to) throws SQLException {
        connection.setAutoCommit(false); // else the driver fetches everything at once
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1000);
            try (ResultSet rows = statement.executeQuery(COLUMNS)) {
                while (rows.next()) {
                    to.accept(LabFile.read(rows));
                }
            }
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Fills a database that has nothing with what the lab had before it; no two nodes do it. */
    static int fill(Connection connection, Collection<StoredRecord> records) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO record (kind, key, version, changed, value) VALUES (?, ?, ?, ?, ?)")) {
            statement.execute("SELECT pg_advisory_xact_lock(" + IMPORT_LOCK + ")");
            try (ResultSet any = statement.executeQuery("SELECT 1 FROM record LIMIT 1")) {
                if (any.next()) {
                    return 0;
                }
            }
            for (StoredRecord record : records) {
                insert.setString(1, record.kind());
                insert.setString(2, record.key());
                insert.setLong(3, record.version());
                insert.setLong(4, record.changed());
                insert.setObject(5, record.value(), Types.VARCHAR);
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
            return records.size();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    static void purge(Connection connection, long before) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM record WHERE value IS NULL AND changed < ?")) {
            statement.setLong(1, before);
            statement.executeUpdate();
        }
    }
}
