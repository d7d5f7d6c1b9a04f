package dev.rigbus.cluster.store;

import dev.rigbus.cluster.store.HomeWrites.NotNowException;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a lab of several nodes: this node's file, and what the others must know of it. A key's home decides on compare-and-set;
 * nodes that meet compare what they have, now and then also those that never parted. See decision 5 for what this promises.
 */
final class ReplicatedRecords implements RecordStore {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedRecords.class);

    private static final Duration COMPARE_EVERY = Duration.ofSeconds(2);
    private static final Duration AGAIN_AFTER = Duration.ofMillis(100);
    private static final Duration GREETING_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration HOME_TIMEOUT = Duration.ofSeconds(5);

    /** Longer than it takes to notice that a node stands still, whose keys then have another home. */
    private static final Duration PATIENCE = Duration.ofSeconds(16);

    /** How long whoever takes over waits for the others to have heard of it. */
    private static final Duration TOLD_WITHIN = Duration.ofMillis(500);

    private final LocalRecords local;
    private final Cluster cluster;
    private final Peers peers;
    private final Loop loop;
    private final LongSupplier tokens;
    private final Function<JsonObject, Future<JsonObject>> otherQuestions;
    private final Copies rule;
    private final Reconciler reconciler;
    private final HomeWrites home;
    private View view;
    private @Nullable Registration membership;
    private int compared;
    private volatile boolean closed;

    /**
     * @param tokens numbers that do not come twice
     * @param otherQuestions answers what is asked of this node and is not about records
     */
    ReplicatedRecords(
            LocalRecords local,
            Cluster cluster,
            Peers peers,
            Loop loop,
            LongSupplier tokens,
            Map<String, RecordMerge> rules,
            Function<JsonObject, Future<JsonObject>> otherQuestions) {
        this.local = local;
        this.cluster = cluster;
        this.peers = peers;
        this.loop = loop;
        this.tokens = tokens;
        this.otherQuestions = otherQuestions;
        this.rule = Copies.by(rules);
        this.reconciler = new Reconciler(local, rule, peers);
        this.view = new View(cluster.self(), Set.of(cluster.self()), tokens.getAsLong());
        this.home = new HomeWrites(local, rule, peers, loop, cluster::time, () -> view, () -> change(view.members));
    }

    /** Complete when the others can reach this node. */
    Future<Void> start() {
        return peers.serve(this::onLoop).onSuccess(v -> {
            membership = cluster.watch(members -> loop.execute(() -> change(members)));
            loop.execute(() -> change(cluster.members()));
            loop.after(COMPARE_EVERY, this::compareWithNext);
        });
    }

    private Future<JsonObject> onLoop(JsonObject message) {
        Promise<JsonObject> answer = Promise.promise();
        loop.execute(() -> Future.succeededFuture(message).compose(this::answer).onComplete(answer));
        return answer.future();
    }

    private Future<JsonObject> answer(JsonObject message) {
        return switch (message.getString("op")) {
            case "hello" -> welcome(message);
            case "sums" -> sums();
            case "list" -> reconciler.list(message);
            case "pull" -> reconciler.give(message);
            case "push" -> reconciler.take(message);
            case "put" -> home.take(message);
            case "cas" -> decide(message);
            default -> otherQuestions.apply(message);
        };
    }

    /** The members as this node sees them; for the loop alone. */
    View view() {
        return view;
    }

    // The members.

    private void change(Set<String> members) {
        if (closed) {
            return;
        }
        View next = new View(cluster.self(), members, tokens.getAsLong());
        view = next;
        next.others.forEach(node -> join(next, node));
    }

    private void join(View now, String node) {
        if (view != now || closed) {
            return;
        }
        JsonObject hello = new JsonObject()
                .put("op", "hello")
                .put("from", cluster.self())
                .put("members", new JsonArray(List.copyOf(now.members)))
                .put("token", now.token);
        peers.request(node, hello, GREETING_TIMEOUT)
                .compose(welcome -> welcome.containsKey("refused")
                        ? Future.failedFuture(new NotNowException(welcome.getString("refused")))
                        : reconciler
                                .reconcile(node, Wire.digests(welcome.getBinary("sums")))
                                .map(v -> welcome.getLong("token")))
                .onComplete(done -> loop.execute(() -> {
                    if (done.succeeded()) {
                        now.joined.put(node, done.result());
                    } else {
                        LOG.atDebug()
                                .addKeyValue("node", node)
                                .log("not joined yet: {}", done.cause().getMessage());
                        loop.after(AGAIN_AFTER, () -> join(now, node));
                    }
                }));
    }

    private Future<JsonObject> welcome(JsonObject hello) {
        View now = view;
        if (!hello.getJsonArray("members").getList().equals(List.copyOf(now.members))) {
            return Future.succeededFuture(new JsonObject().put("refused", "sees other members"));
        }
        String node = hello.getString("from");
        Long before = now.greeted.put(node, hello.getLong("token"));
        if (before != null && !before.equals(hello.getLong("token")) && now.joined.remove(node) != null) {
            join(now, node); // it sees the members anew, and goes by another number
        }
        return sums().map(sums -> sums.put("token", now.token));
    }

    private Future<JsonObject> sums() {
        // All that this node took before must be counted in.
        return local.settled()
                .map(v -> new JsonObject().put("sums", Wire.encode(local.table().digests())));
    }

    private void compareWithNext() {
        if (closed) {
            return;
        }
        List<String> others = List.copyOf(view.others);
        Future<Void> done = Future.succeededFuture();
        if (!others.isEmpty()) {
            String node = others.get(Math.floorMod(compared++, others.size()));
            done = peers.request(node, new JsonObject().put("op", "sums"), GREETING_TIMEOUT)
                    .compose(answer -> reconciler.reconcile(node, Wire.digests(answer.getBinary("sums"))));
        }
        done.onComplete(v -> loop.after(COMPARE_EVERY, this::compareWithNext));
    }

    // Writing.

    @Override
    public Future<StoredRecord> write(String kind, String key, long expected, @Nullable String value) {
        if (LocalRecords.tooLarge(value)) {
            return LocalRecords.refused(kind, key);
        }
        Answer<StoredRecord> answer = new Answer<>(loop);
        loop.execute(() -> new Write(new Key(kind, key), expected, value, answer).attempt());
        return answer.future();
    }

    /** One write of this node, until it is known what became of it. */
    private final class Write {
        private final Key key;
        private final long expected;
        private final @Nullable String value;
        private final Answer<StoredRecord> answer;
        private Duration waited = Duration.ZERO;
        private boolean inDoubt;

        Write(Key key, long expected, @Nullable String value, Answer<StoredRecord> answer) {
            this.key = key;
            this.expected = expected;
            this.value = value;
            this.answer = answer;
        }

        void attempt() {
            String decides = view.home(key);
            Future<StoredRecord> done =
                    decides.equals(cluster.self()) ? home.write(decides, key, expected, value) : ask(decides);
            done.onSuccess(answer::complete).onFailure(cause -> loop.execute(() -> failed(cause)));
        }

        private void failed(Throwable cause) {
            if (cause instanceof ConflictException conflict) {
                conflict(conflict);
            } else if (cause instanceof StoreUnavailableException) {
                answer.fail(inDoubt ? unknown() : cause);
            } else if (closed || waited.compareTo(PATIENCE) >= 0) {
                answer.fail(
                        inDoubt
                                ? unknown()
                                : new StoreUnavailableException("the lab is re-forming and cannot write at the moment ("
                                        + cause.getMessage() + "); try again in a few seconds"));
            } else {
                boolean nothingDone = cause instanceof NotNowException || cause instanceof Peers.UnreachableException;
                inDoubt |= !nothingDone;
                boolean unheard = !nothingDone && !(cause instanceof HomeWrites.InDoubtException);
                waited = waited.plus(AGAIN_AFTER).plus(unheard ? HOME_TIMEOUT : Duration.ZERO);
                loop.after(AGAIN_AFTER, this::attempt);
            }
        }

        private static StoreUnavailableException unknown() {
            return new StoreUnavailableException(
                    "the lab is re-forming, and it is not known whether this change counts;"
                            + " look in a few seconds and repeat it if it does not");
        }

        /** What stands there may be what an earlier attempt of this write has put there. */
        private void conflict(ConflictException conflict) {
            StoredRecord current = conflict.current();
            if (!inDoubt || current == null || current.version() <= expected) {
                answer.fail(conflict);
            } else if (current.version() == expected + 1) {
                if (Objects.equals(current.value(), value)) {
                    answer.complete(current);
                } else {
                    answer.fail(conflict);
                }
            } else {
                answer.fail(unknown());
            }
        }

        private Future<StoredRecord> ask(String node) {
            JsonObject question = new JsonObject()
                    .put("op", "cas")
                    .put("from", cluster.self())
                    .put("key", Wire.encode(key))
                    .put("expected", expected)
                    .put("value", value);
            return peers.request(node, question, HOME_TIMEOUT).compose(this::understand);
        }

        private Future<StoredRecord> understand(JsonObject said) {
            StoredRecord record = Wire.optional(said.getJsonArray("record"));
            if (said.containsKey("refused")) {
                return Future.failedFuture(new NotNowException(said.getString("refused")));
            }
            if (said.containsKey("doubt")) {
                return Future.failedFuture(new HomeWrites.InDoubtException());
            }
            if (said.containsKey("unavailable")) {
                return Future.failedFuture(new StoreUnavailableException(said.getString("unavailable")));
            }
            // Whoever asked finds it here from now on; if this disk is full, it counts all the same.
            Future<?> here = record == null ? Future.succeededFuture() : local.merge(List.of(record), rule);
            return here.otherwiseEmpty()
                    .compose(v -> said.containsKey("conflict") || record == null
                            ? Future.failedFuture(new ConflictException(key.kind(), key.key(), record))
                            : Future.succeededFuture(record));
        }
    }

    /** Decides for another node, as the home of a key. */
    private Future<JsonObject> decide(JsonObject question) {
        Key key = Wire.key(question.getJsonArray("key"));
        return home.write(
                        question.getString("from", ""), key, question.getLong("expected"), question.getString("value"))
                .map(record -> new JsonObject().put("record", Wire.encode(record)))
                .recover(cause -> {
                    if (cause instanceof ConflictException conflict) {
                        StoredRecord current = conflict.current();
                        return Future.succeededFuture(new JsonObject()
                                .put("conflict", true)
                                .put("record", current == null ? null : Wire.encode(current)));
                    }
                    return Future.succeededFuture(
                            new JsonObject().put(word(cause), String.valueOf(cause.getMessage())));
                });
    }

    private static String word(Throwable cause) {
        return cause instanceof NotNowException
                ? "refused"
                : cause instanceof HomeWrites.InDoubtException ? "doubt" : "unavailable";
    }

    @Override
    public Future<StoredRecord> own(String kind, String key, long epoch, @Nullable String value) {
        Answer<StoredRecord> answer = new Answer<>(loop);
        local.own(kind, key, epoch, value).onFailure(answer::fail).onSuccess(record -> {
            Future<Void> told = tell(record);
            // Who has taken over wants to be found by the next question, whichever node it comes to.
            Future<?> enough = LocalRecords.beginsEpoch(record) ? told : Future.succeededFuture();
            enough.onComplete(done -> answer.complete(record));
        });
        return answer.future();
    }

    /** Complete when the others have it, or after a moment: who misses it finds it when the nodes compare. */
    private Future<Void> tell(StoredRecord record) {
        Promise<Void> told = Promise.promise();
        loop.execute(() -> {
            JsonObject message = new JsonObject().put("op", "push").put("records", Wire.encode(List.of(record)));
            List<Future<JsonObject>> all = view.others.stream()
                    .map(node -> peers.request(node, message, GREETING_TIMEOUT))
                    .toList();
            Future.join(all).onComplete(done -> told.tryComplete());
            loop.after(TOLD_WITHIN, told::tryComplete);
        });
        return told.future();
    }

    // Reading.

    @Override
    public @Nullable StoredRecord get(String kind, String key) {
        return local.get(kind, key);
    }

    @Override
    public Collection<StoredRecord> all(String kind) {
        return local.all(kind);
    }

    @Override
    public Registration watch(String kind, Consumer<StoredRecord> listener) {
        return local.watch(kind, listener);
    }

    Future<Void> close() {
        closed = true;
        Registration registration = membership;
        if (registration != null) {
            registration.cancel();
        }
        return peers.close();
    }
}
