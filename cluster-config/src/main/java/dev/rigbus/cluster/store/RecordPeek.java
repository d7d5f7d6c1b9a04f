package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sqlite.SQLiteConfig;

/**
 * What a node's file says before the records are opened: a node has to know the others before it can be one of them. Blocks.
 *
 * @param records of one kind
 * @param latest the latest time that a record of any kind bears; 0 if there is none
 */
public record RecordPeek(List<StoredRecord> records, long latest) {
    public RecordPeek {
        records = List.copyOf(records);
    }

    /** Finds nothing in a folder without records. Fails with a text for users. */
    public static RecordPeek into(Path dir, String kind) throws IOException {
        Map<String, StoredRecord> found = new TreeMap<>();
        long latest = 0;
        for (String name : new String[] {RecordStores.FILE, RecordStores.COPY}) {
            Path file = dir.resolve(name);
            if (Files.exists(file)) {
                latest = Math.max(latest, look(file, kind, found));
            }
        }
        return new RecordPeek(List.copyOf(found.values()), latest);
    }

    private static long look(Path file, String kind, Map<String, StoredRecord> found) throws IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            if (!hasTable(connection)) {
                return 0; // the node was ended before it had made one
            }
            records(connection, kind, found);
            return latest(connection);
        } catch (SQLException e) {
            throw new IOException(LabFile.trouble(file, e).getMessage(), e);
        }
    }

    private static boolean hasTable(Connection connection) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT 1 FROM sqlite_master WHERE name = 'record'");
                ResultSet row = query.executeQuery()) {
            return row.next();
        }
    }

    private static void records(Connection connection, String kind, Map<String, StoredRecord> found)
            throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT kind, key, version, changed, value FROM record WHERE kind = ?")) {
            query.setString(1, kind);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    StoredRecord record = LabFile.read(rows);
                    found.merge(record.key(), record, (a, b) -> a.version() >= b.version() ? a : b);
                }
            }
        }
    }

    private static long latest(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT max(changed) FROM record");
                ResultSet row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
