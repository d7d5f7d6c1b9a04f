package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.json.JsonArray;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the stores of a lab send each other, as JSON, which a node of another version can read as well. */
final class Wire {
    /** The most characters of records in one message, but for a single larger one: with escapes still far below a MiB. */
    static final int MOST_CHARS = 128 * 1024;

    private Wire() {}

    static JsonArray encode(StoredRecord record) {
        return new JsonArray()
                .add(record.kind())
                .add(record.key())
                .add(record.version())
                .add(record.changed())
                .add(record.value());
    }

    static JsonArray encode(Collection<StoredRecord> records) {
        JsonArray array = new JsonArray();
        records.forEach(record -> array.add(encode(record)));
        return array;
    }

    static StoredRecord record(JsonArray json) {
        return new StoredRecord(
                json.getString(0), json.getString(1), json.getLong(2), json.getLong(3), json.getString(4));
    }

    static List<StoredRecord> records(JsonArray json) {
        return json.stream().map(each -> record((JsonArray) each)).toList();
    }

    static @Nullable StoredRecord optional(@Nullable JsonArray json) {
        return json == null ? null : record(json);
    }

    static JsonArray encode(Key key) {
        return new JsonArray().add(key.kind()).add(key.key());
    }

    static Key key(JsonArray json) {
        return new Key(json.getString(0), json.getString(1));
    }

    static byte[] encode(long[] digests) {
        ByteBuffer bytes = ByteBuffer.allocate(digests.length * Long.BYTES);
        bytes.asLongBuffer().put(digests);
        return bytes.array();
    }

    static long[] digests(byte[] bytes) {
        long[] digests = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).asLongBuffer().get(digests);
        return digests;
    }

    static int size(StoredRecord record) {
        String value = record.value();
        return 64 + record.key().length() + (value == null ? 0 : value.length());
    }
}
