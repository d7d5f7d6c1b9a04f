package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.Cluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** The audit of the whole lab: each node keeps what was done through it, and a reader asks them all. */
final class LabAudit implements AuditLog {
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final LocalAudit local;
    private final @Nullable Peers peers;
    private final Cluster cluster;

    LabAudit(LocalAudit local, @Nullable Peers peers, Cluster cluster) {
        this.local = local;
        this.peers = peers;
        this.cluster = cluster;
    }

    @Override
    public Future<Void> append(Entry entry) {
        return local.append(entry);
    }

    @Override
    public Future<Page> read(long from, long until, int limit) {
        Peers ways = peers;
        Set<String> silent = new ConcurrentSkipListSet<>();
        List<Future<List<Entry>>> parts = new ArrayList<>();
        parts.add(local.read(from, until, 0, limit));
        if (ways != null) {
            Set<String> others = new TreeSet<>(cluster.members());
            others.remove(cluster.self());
            for (String node : others) {
                parts.add(ask(ways, node, from, until, limit, new ArrayList<>()).recover(cause -> {
                    silent.add(node);
                    return Future.succeededFuture(List.of());
                }));
            }
        }
        return Future.all(parts).map(all -> {
            List<Entry> entries = new ArrayList<>();
            parts.forEach(part -> entries.addAll(part.result()));
            entries.sort(Comparator.comparingLong(Entry::time).reversed());
            List<Entry> newest = new ArrayList<>(entries.subList(0, Math.min(limit, entries.size())));
            Collections.reverse(newest);
            return new Page(newest, silent);
        });
    }

    private static Future<List<Entry>> ask(
            Peers peers, String node, long from, long until, int limit, List<Entry> sofar) {
        JsonObject question = new JsonObject()
                .put("op", "audit")
                .put("from", from)
                .put("until", until)
                .put("skip", sofar.size())
                .put("limit", limit - sofar.size());
        return peers.request(node, question, TIMEOUT).compose(answer -> {
            JsonArray page = answer.getJsonArray("entries");
            page.forEach(each -> sofar.add(entry((JsonArray) each)));
            return page.isEmpty() || sofar.size() >= limit
                    ? Future.succeededFuture(sofar)
                    : ask(peers, node, from, until, limit, sofar);
        });
    }

    /** Answers another node. */
    Future<JsonObject> answer(JsonObject question) {
        if (!"audit".equals(question.getString("op"))) {
            return Future.failedFuture("unknown to this version: " + question.getString("op"));
        }
        return local.read(
                        question.getLong("from"),
                        question.getLong("until"),
                        question.getInteger("skip"),
                        question.getInteger("limit"))
                .map(LabAudit::page);
    }

    private static JsonObject page(List<Entry> entries) {
        JsonArray page = new JsonArray();
        int chars = 0;
        for (Entry entry : entries) {
            JsonArray encoded = encode(entry);
            chars += encoded.encode().length();
            if (!page.isEmpty() && chars > Wire.MOST_CHARS) {
                break;
            }
            page.add(encoded);
        }
        return new JsonObject().put("entries", page);
    }

    private static JsonArray encode(Entry entry) {
        return new JsonArray()
                .add(entry.time())
                .add(entry.node())
                .add(entry.actor())
                .add(entry.action())
                .add(entry.object())
                .add(entry.outcome())
                .add(LocalAudit.detail(entry.detail()));
    }

    private static Entry entry(JsonArray json) {
        return new Entry(
                json.getLong(0),
                json.getString(1),
                json.getString(2),
                json.getString(3),
                json.getString(4),
                json.getString(5),
                LocalAudit.detail(json.getString(6)));
    }
}
