package dev.rigbus.lab.web;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.wire.lab.Kind;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Administration reduced to the records: no leases to release, no audit but who did it. */
final class RecordChanges implements LabChanges {
    final List<String> done = new ArrayList<>();
    private final RecordStore records;
    private final TokenIssuer tokens;
    private final Instant now;

    RecordChanges(RecordStore records, TokenIssuer tokens, Instant now) {
        this.records = records;
        this.tokens = tokens;
        this.now = now;
    }

    @Override
    public Future<?> create(
            String actor, Kind kind, ObjectName name, Map<String, String> labels, @Nullable String username) {
        done.add(actor + " creates " + name);
        String uid = UUID.randomUUID().toString();
        String id = tokens.newTokenId();
        Object made = kind == Kind.KIND_CLIENT
                ? new Client(name, uid, labels, username, id, now)
                : new Exporter(name, uid, labels, username, id, true, null, List.of(), null, now);
        return records.write(word(kind), name.key(), 0, Records.write(made));
    }

    @Override
    public Future<?> delete(String actor, Kind kind, ObjectName name) {
        done.add(actor + " deletes " + name);
        return records.write(word(kind), name.key(), stored(kind, name).version(), null);
    }

    @Override
    public Future<?> rotate(String actor, Kind kind, ObjectName name) {
        done.add(actor + " rotates " + name);
        String value = Objects.requireNonNull(stored(kind, name).value());
        return kind == Kind.KIND_CLIENT
                ? tokens.rotate(Records.read(Client.class, value))
                : tokens.rotate(Records.read(Exporter.class, value));
    }

    private StoredRecord stored(Kind kind, ObjectName name) {
        return Objects.requireNonNull(records.get(word(kind), name.key()));
    }

    private static String word(Kind kind) {
        return kind == Kind.KIND_CLIENT ? Client.KIND : Exporter.KIND;
    }
}
