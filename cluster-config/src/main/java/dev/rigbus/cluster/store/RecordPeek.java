package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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

    /** Finds nothing in a folder without records. */
    public static RecordPeek into(Path dir, String kind) throws IOException {
        Path file = dir.resolve(RecordStores.FILE);
        if (!Files.exists(file)) {
            return new RecordPeek(List.of(), 0);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
            return new RecordPeek(records(connection, kind), latest(connection));
        } catch (SQLException e) {
            throw new IOException("the lab's records in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<StoredRecord> records(Connection connection, String kind) throws SQLException {
        List<StoredRecord> found = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement("SELECT key, version, changed, value FROM record WHERE kind = ?")) {
            query.setString(1, kind);
            ResultSet rows = query.executeQuery();
            while (rows.next()) {
                found.add(new StoredRecord(
                        kind, rows.getString(1), rows.getLong(2), rows.getLong(3), rows.getString(4)));
            }
        }
        return found;
    }

    private static long latest(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT max(changed) FROM record")) {
            ResultSet row = query.executeQuery();
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
