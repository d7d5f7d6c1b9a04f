package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;

/** The embedded database file of one node. Everything here blocks; one thread writes. */
final class LabFile implements AutoCloseable {
    private static final String PUT = "INSERT INTO record (kind, key, version, changed, value) VALUES (?, ?, ?, ?, ?)"
            + " ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, changed = excluded.changed,"
            + " value = excluded.value";
    private static final String DROP = "DELETE FROM record WHERE kind = ? AND key = ? AND version = ?";

    private final Path path;
    private final DirectoryLock lock;
    private final SQLiteDataSource source;
    private final Connection connection;
    private PreparedStatement put;
    private PreparedStatement drop;

    private LabFile(Path path, DirectoryLock lock, SQLiteDataSource source, Connection connection) throws SQLException {
        this.path = path;
        this.lock = lock;
        this.source = source;
        this.connection = connection;
        this.put = connection.prepareStatement(PUT);
        this.drop = connection.prepareStatement(DROP);
    }

    /** Opens or makes the file; fails with a {@link StoreUnavailableException} that says what is wrong with it. */
    static LabFile open(Path path) {
        DirectoryLock lock = DirectoryLock.take(path);
        try {
            SQLiteDataSource source = source(path);
            Migrations.run(source, "sqlite", path.toString());
            Connection connection = source.getConnection();
            check(connection, path);
            connection.setAutoCommit(false);
            return new LabFile(path, lock, source, connection);
        } catch (SQLException | IOException | RuntimeException e) {
            lock.close();
            throw trouble(path, e);
        }
    }

    private static SQLiteDataSource source(Path path) throws IOException {
        if (!Files.exists(path)) {
            // Made by us, since what SQLite makes is as open as the umask; its helper files take after this one.
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setJournalSizeLimit(16 << 20);
        config.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + path);
        return source;
    }

    private static void check(Connection connection, Path path) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = row.next() ? row.getString(1) : "no answer";
            if (!"ok".equals(found)) {
                throw damaged(path, found);
            }
        }
    }

    Path path() {
        return path;
    }

    void load(Consumer<StoredRecord> to) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT kind, key, version, changed, value FROM record")) {
            while (rows.next()) {
                to.accept(read(rows));
            }
        } finally {
            connection.rollback();
        }
    }

    static StoredRecord read(ResultSet rows) throws SQLException {
        return new StoredRecord(
                rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4), rows.getString(5));
    }

    void put(StoredRecord record) throws SQLException {
        put.setString(1, record.kind());
        put.setString(2, record.key());
        put.setLong(3, record.version());
        put.setLong(4, record.changed());
        setText(put, 5, record.value());
        put.executeUpdate();
    }

    private static void setText(PreparedStatement statement, int index, @Nullable String text) throws SQLException {
        if (text == null) {
            statement.setNull(index, Types.VARCHAR);
        } else {
            statement.setString(index, text);
        }
    }

    void drop(StoredRecord record) throws SQLException {
        drop.setString(1, record.kind());
        drop.setString(2, record.key());
        drop.setLong(3, record.version());
        drop.executeUpdate();
    }

    /** Writes what says nothing. */
    int touch() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE probe SET written = written + 1");
        }
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // SQLite took the transaction back itself, as it does when the disk is full, and the driver did not begin
            // the next.
            begin();
        }
    }

    private void begin() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
        } catch (SQLException e) {
            // The next commit says what is wrong.
        }
        renewStatements();
    }

    /** The JDBC driver closes for good what failed for the disk's sake, and does not say so. */
    private void renewStatements() {
        try {
            put.close();
            put = connection.prepareStatement(PUT);
            drop.close();
            drop = connection.prepareStatement(DROP);
        } catch (SQLException e) {
            // Then the next change fails too, and they are made after it.
        }
    }

    /** Another connection to the same file, for those who read at length; it sees what was committed. */
    Connection reader() throws SQLException {
        return source.getConnection();
    }

    /** What the user is told of a failure of this file. */
    StoreUnavailableException trouble(Throwable cause) {
        return trouble(path, cause);
    }

    static StoreUnavailableException trouble(Path path, Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof StoreUnavailableException told) {
                return told;
            }
            if (at instanceof SQLiteException sqlite) {
                return trouble(path, sqlite);
            }
        }
        return new StoreUnavailableException("cannot use " + path + ": " + cause.getMessage());
    }

    private static StoreUnavailableException trouble(Path path, SQLiteException cause) {
        return switch (cause.getResultCode()) {
            case SQLITE_FULL ->
                new StoreUnavailableException(
                        "the lab cannot keep this: the disk of " + path + " is full; make room there and try again");
            case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, SQLITE_CORRUPT_SEQUENCE, SQLITE_CORRUPT_VTAB ->
                damaged(path, cause.getResultCode().message);
            default -> new StoreUnavailableException("cannot use " + path + ": " + cause.getMessage());
        };
    }

    private static StoreUnavailableException damaged(Path path, String how) {
        return new StoreUnavailableException(
                path + " is damaged (" + how + "): stop the node, move " + path.getFileName()
                        + ", " + path.getFileName() + "-wal and " + path.getFileName()
                        + "-shm away and put a backup in place of the first; a node of a larger lab may also start without it and"
                        + " gets the records from the others");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // What counts was committed before.
        } finally {
            lock.close();
        }
    }
}
