package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.AuditLog.Entry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was done through this node, in this node's file. */
final class LocalAudit {
    private static final String INSERT =
            "INSERT INTO audit (time, node, actor, action, object, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final String SELECT = "SELECT time, node, actor, action, object, outcome, detail FROM audit"
            + " WHERE time >= ? AND time < ? ORDER BY time DESC, id DESC LIMIT ? OFFSET ?";

    private final LabFile file;
    private final LocalRecords records;
    private final StoreErrands errands;

    LocalAudit(LabFile file, LocalRecords records, StoreErrands errands) {
        this.file = file;
        this.records = records;
        this.errands = errands;
    }

    Future<Void> append(Entry entry) {
        return records.submit(transaction -> {
                    try (PreparedStatement statement = transaction.file().prepare(INSERT)) {
                        statement.setLong(1, entry.time());
                        statement.setString(2, entry.node());
                        statement.setString(3, entry.actor());
                        statement.setString(4, entry.action());
                        statement.setString(5, entry.object());
                        statement.setString(6, entry.outcome());
                        statement.setString(7, detail(entry.detail()));
                        return statement.executeUpdate();
                    }
                })
                .mapEmpty();
    }

    /** The newest of a span but for a few, newest first. */
    Future<List<Entry>> read(long from, long until, int skip, int limit) {
        return errands.run(() -> {
            try (Connection reader = file.reader();
                    PreparedStatement select = reader.prepareStatement(SELECT)) {
                select.setLong(1, from);
                select.setLong(2, until);
                select.setInt(3, Math.max(1, Math.min(limit, AuditLog.MAX_LIMIT)));
                select.setInt(4, skip);
                return read(select);
            } catch (SQLException e) {
                throw file.trouble(e);
            }
        });
    }

    private static List<Entry> read(PreparedStatement select) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                entries.add(new Entry(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        rows.getString(5),
                        rows.getString(6),
                        detail(rows.getString(7))));
            }
        }
        return entries;
    }

    static String detail(Map<String, String> detail) {
        JsonObject json = new JsonObject();
        detail.forEach(json::put);
        return json.encode();
    }

    static Map<String, String> detail(String json) {
        Map<String, String> detail = new HashMap<>();
        new JsonObject(json).forEach(field -> detail.put(field.getKey(), String.valueOf(field.getValue())));
        return detail;
    }
}
