package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings two nodes to the same records: compares sums, lists where they differ, fetches, merges, gives back. */
final class Reconciler {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int PAGE = 1000;

    private final LocalRecords local;
    private final Copies rule;
    private final Peers peers;

    Reconciler(LocalRecords local, Copies rule, Peers peers) {
        this.local = local;
        this.rule = rule;
        this.peers = peers;
    }

    /** Complete when all that the other had when it gave these sums is here too, and the other way round. */
    Future<Void> reconcile(String node, long[] theirs) {
        return local.settled().compose(v -> {
            long[] ours = local.table().digests();
            BitSet differing = new BitSet(Digest.BUCKETS);
            for (int i = 0; i < ours.length; i++) {
                differing.set(i, i >= theirs.length || ours[i] != theirs[i]);
            }
            return differing.isEmpty() ? Future.succeededFuture() : pages(node, differing, null);
        });
    }

    private Future<Void> pages(String node, BitSet buckets, @Nullable Key after) {
        JsonObject question = new JsonObject().put("op", "list").put("buckets", buckets.toByteArray());
        if (after != null) {
            question.put("after", Wire.encode(after));
        }
        return peers.request(node, question, TIMEOUT).compose(page -> {
            JsonArray entries = page.getJsonArray("entries");
            boolean more = page.getBoolean("more");
            Key last = entries.isEmpty() ? null : Wire.key(entries.getJsonArray(entries.size() - 1));
            return compare(node, buckets, after, more ? last : null, entries)
                    .compose(v -> more && last != null ? pages(node, buckets, last) : Future.succeededFuture());
        });
    }

    /** @param until the last key that the page speaks of; absent if it speaks of all that follow */
    private Future<Void> compare(
            String node, BitSet buckets, @Nullable Key after, @Nullable Key until, JsonArray entries) {
        List<Key> wanted = new ArrayList<>();
        Set<Key> listed = new HashSet<>();
        for (Object each : entries) {
            JsonArray entry = (JsonArray) each;
            Key key = Wire.key(entry);
            listed.add(key);
            StoredRecord ours = local.table().get(key);
            if (ours == null || Digest.of(ours) != entry.getLong(2)) {
                wanted.add(key);
            }
        }
        List<StoredRecord> unknownThere = new ArrayList<>();
        for (StoredRecord record : local.table().after(after)) {
            Key key = Key.of(record);
            if (until != null && key.compareTo(until) > 0) {
                break;
            }
            if (buckets.get(Digest.bucket(key)) && !listed.contains(key)) {
                unknownThere.add(record);
            }
        }
        return pull(node, wanted).compose(v -> push(node, unknownThere));
    }

    private Future<Void> pull(String node, List<Key> wanted) {
        if (wanted.isEmpty()) {
            return Future.succeededFuture();
        }
        JsonArray keys = new JsonArray();
        wanted.forEach(key -> keys.add(Wire.encode(key)));
        JsonObject question = new JsonObject().put("op", "pull").put("keys", keys);
        return peers.request(node, question, TIMEOUT).compose(answer -> {
            int answered = answer.getInteger("answered");
            if (answered < 1) {
                return Future.failedFuture("node " + node + " gave nothing");
            }
            List<StoredRecord> theirs = Wire.records(answer.getJsonArray("records"));
            return local.merge(theirs, rule)
                    .compose(merged -> push(
                            node,
                            merged.stream().filter(m -> !theirs.contains(m)).toList()))
                    .compose(v -> pull(node, wanted.subList(Math.min(answered, wanted.size()), wanted.size())));
        });
    }

    private Future<Void> push(String node, List<StoredRecord> records) {
        if (records.isEmpty()) {
            return Future.succeededFuture();
        }
        int chars = 0;
        int count = 0;
        while (count < records.size() && chars < Wire.MOST_CHARS) {
            chars += Wire.size(records.get(count++));
        }
        JsonObject message = new JsonObject().put("op", "push").put("records", Wire.encode(records.subList(0, count)));
        int sent = count;
        return peers.request(node, message, TIMEOUT).compose(v -> push(node, records.subList(sent, records.size())));
    }

    /** Answers what the same class asks on another node. */
    Future<JsonObject> list(JsonObject question) {
        BitSet buckets = BitSet.valueOf(question.getBinary("buckets"));
        JsonArray from = question.getJsonArray("after");
        JsonArray entries = new JsonArray();
        boolean more = false;
        for (StoredRecord record : local.table().after(from == null ? null : Wire.key(from))) {
            Key key = Key.of(record);
            if (buckets.get(Digest.bucket(key))) {
                if (entries.size() == PAGE) {
                    more = true;
                    break;
                }
                entries.add(Wire.encode(key).add(Digest.of(record)));
            }
        }
        return Future.succeededFuture(new JsonObject().put("entries", entries).put("more", more));
    }

    Future<JsonObject> give(JsonObject question) {
        JsonArray records = new JsonArray();
        int answered = 0;
        int chars = 0;
        for (Object each : question.getJsonArray("keys")) {
            if (chars >= Wire.MOST_CHARS) {
                break;
            }
            StoredRecord record = local.table().get(Wire.key((JsonArray) each));
            answered++;
            if (record != null) {
                records.add(Wire.encode(record));
                chars += Wire.size(record);
            }
        }
        return Future.succeededFuture(new JsonObject().put("records", records).put("answered", answered));
    }

    Future<JsonObject> take(JsonObject message) {
        return local.merge(Wire.records(message.getJsonArray("records")), rule)
                .map(merged -> new JsonObject().put("ok", true));
    }
}
