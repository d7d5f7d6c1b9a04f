package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compare-and-set on the keys that this node is the home of, one at a time for each key. The others get a record first and this node's
 * disk next, so a record that no other took is nowhere. Lives on the loop.
 */
final class HomeWrites {
    private static final Duration PUT_TIMEOUT = Duration.ofSeconds(2);

    private final LocalRecords local;
    private final Copies rule;
    private final Peers peers;
    private final Loop loop;
    private final LongSupplier time;
    private final Supplier<View> view;
    private final Runnable renewView;
    private final Map<Key, Queue<Runnable>> lines = new HashMap<>();
    private boolean diskInDoubt;

    /** @param renewView makes this node compare itself with the others again, which ends what is still on its way */
    HomeWrites(
            LocalRecords local,
            Copies rule,
            Peers peers,
            Loop loop,
            LongSupplier time,
            Supplier<View> view,
            Runnable renewView) {
        this.local = local;
        this.rule = rule;
        this.peers = peers;
        this.loop = loop;
        this.time = time;
        this.view = view;
        this.renewView = renewView;
    }

    /** @param writer the node that wants it */
    Future<StoredRecord> write(String writer, Key key, long expected, @Nullable String value) {
        Promise<StoredRecord> promise = Promise.promise();
        inLine(
                key,
                () -> Future.succeededFuture()
                        .compose(v -> diskWorks())
                        .compose(v -> attempt(writer, key, expected, value))
                        .onComplete(promise)
                        .onComplete(done -> next(key)));
        return promise.future();
    }

    private void inLine(Key key, Runnable write) {
        Queue<Runnable> line = lines.get(key);
        if (line != null) {
            line.add(write);
        } else {
            lines.put(key, new ArrayDeque<>());
            write.run();
        }
    }

    private void next(Key key) {
        Runnable write = lines.getOrDefault(key, new ArrayDeque<>()).poll();
        if (write == null) {
            lines.remove(key);
        } else {
            loop.execute(write);
        }
    }

    /** A disk that failed is tried before others are told of a record that this node could not keep. */
    private Future<Void> diskWorks() {
        return diskInDoubt ? local.probe().onSuccess(v -> diskInDoubt = false) : Future.succeededFuture();
    }

    private Future<StoredRecord> attempt(String writer, Key key, long expected, @Nullable String value) {
        View now = view.get();
        if (!now.isSettled() || !now.home(key).equals(now.self)) {
            return Future.failedFuture(new NotNowException("the members have just changed"));
        }
        if (!now.members.contains(writer)) {
            // The two have met again, and this node, which does not know yet, has not seen what the other side wrote.
            return Future.failedFuture(new NotNowException("node " + now.self + " does not see node " + writer));
        }
        StoredRecord base = local.table().get(key);
        StoredRecord next = LocalRecords.next(base, key.kind(), key.key(), expected, value, time.getAsLong());
        return known(next, now).compose(conflict -> {
            if (conflict != null) {
                return adopt(conflict);
            }
            // What this node saw as home of former members must not count beside what the home of the present ones
            // writes.
            return view.get() == now ? keep(base, next) : Future.failedFuture(new InDoubtException());
        });
    }

    /** Complete when one other has it on its disk, or at once where there is no other; gives what stands there if that is something else. */
    private Future<@Nullable StoredRecord> known(StoredRecord record, View now) {
        if (now.others.isEmpty()) {
            return Future.succeededFuture();
        }
        Promise<@Nullable StoredRecord> first = Promise.promise();
        int[] unheard = {now.others.size()};
        boolean[] doubt = {false};
        for (String node : now.others) {
            JsonObject put = new JsonObject()
                    .put("op", "put")
                    .put("from", now.self)
                    .put("mine", now.token)
                    .put("yours", now.joined.get(node))
                    .put("record", Wire.encode(record));
            peers.request(node, put, PUT_TIMEOUT)
                    .onComplete(done -> loop.execute(() -> {
                        doubt[0] |= done.failed() && !(done.cause() instanceof Peers.UnreachableException);
                        if (done.succeeded() && !done.result().containsKey("refused")) {
                            first.tryComplete(Wire.optional(done.result().getJsonArray("conflict")));
                        } else if (--unheard[0] == 0
                                && first.tryFail(
                                        doubt[0] ? new InDoubtException() : new NotNowException("no other took it"))) {
                            renewView.run();
                        }
                    }));
        }
        return first.future();
    }

    /** Another has what this node had not; a third may by now have taken what was sent, so nobody knows yet which it will be. */
    private Future<StoredRecord> adopt(StoredRecord theirs) {
        renewView.run();
        return local.merge(List.of(theirs), rule).compose(merged -> Future.failedFuture(new InDoubtException()));
    }

    private Future<StoredRecord> keep(@Nullable StoredRecord base, StoredRecord next) {
        return local.<StoredRecord>submit(transaction -> {
                    if (!Objects.equals(transaction.current(Key.of(next)), base)) {
                        throw new InDoubtException();
                    }
                    transaction.put(next);
                    return next;
                })
                .onFailure(e -> {
                    diskInDoubt = true;
                    renewView.run();
                });
    }

    /** Takes what a home sends; the refusal or the conflict stands in the answer. */
    Future<JsonObject> take(JsonObject message) {
        View now = view.get();
        if (message.getLong("yours", 0L) != now.token
                || !Objects.equals(now.greeted.get(message.getString("from")), message.getLong("mine"))) {
            return Future.succeededFuture(new JsonObject().put("refused", "the members have just changed"));
        }
        StoredRecord record = Wire.record(message.getJsonArray("record"));
        return local.submit(transaction -> {
            StoredRecord current = transaction.current(Key.of(record));
            if (current != null && current.version() >= record.version() && !current.equals(record)) {
                return new JsonObject().put("conflict", Wire.encode(current));
            }
            if (!record.equals(current)) {
                transaction.put(record);
            }
            return new JsonObject().put("ok", true);
        });
    }

    /** Nobody knows yet whether the change counts; another try tells. */
    static final class InDoubtException extends RuntimeException {
        private static final long serialVersionUID = 1;

        InDoubtException() {
            super("it is not known yet whether this change counts", null, false, false);
        }
    }

    /** Nothing was done; another try is safe. */
    static final class NotNowException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotNowException(String why) {
            super(why, null, false, false);
        }
    }
}
