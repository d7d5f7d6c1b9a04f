package dev.rigbus.app.node;

import dev.rigbus.kernel.bundle.BundleFile;
import dev.rigbus.kernel.bundle.BundleManifest;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.bundle.Bundles.Step;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.kernel.pump.NodeLinks;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node serve the bundles that the lab's records say. A change is tried here before it stands in the records: whoever makes it has it
 * prepared, then committed; what is not followed by a record in time is taken back. State belongs to one context.
 */
final class BundleSeat {
    private static final Logger log = LoggerFactory.getLogger(BundleSeat.class);

    /** From what is prepared here to its commit: other nodes may still be at it. */
    private static final long COMMIT_MILLIS = BundleDesk.PREPARE_MILLIS + 30_000;

    /** From there to the record. */
    private static final long RECORD_MILLIS = 60_000;

    /** Longer than anything takes to be prepared. */
    private static final long FORGET_MILLIS = 600_000;

    private static final long AGAIN_MILLIS = 3_000;
    private static final int OTHER_FAILURE = 13;

    /** Published: a node has started. */
    private static final String STARTS = "event/bundles/start";

    private final Vertx vertx;
    private final Context home;
    private final Cluster cluster;
    private final RecordStore records;
    private final Bundles bundles;
    private final BiConsumer<String, String> failing;
    private final Map<String, Pending> pending = new HashMap<>();
    private final Map<String, Future<Void>> fetching = new HashMap<>();
    private final Set<String> busy = new HashSet<>();
    private final Set<String> calledOff = new HashSet<>();
    private final Map<String, Integer> starts = new HashMap<>();
    private final BundleWay way;
    private @Nullable MessageConsumer<JsonObject> consumer;
    private @Nullable MessageConsumer<String> starting;
    private RecordStore.@Nullable Registration watch;
    private RecordStore.@Nullable Registration members;
    private boolean closed;

    /** A change that is not in the records yet. */
    private static final class Pending {
        private final String name;
        private final String maker;
        private final Step step;
        private boolean committed;
        private long timer;

        Pending(String name, String maker, Step step) {
            this.name = name;
            this.maker = maker;
            this.step = step;
        }
    }

    /** @param failing told the name of a bundle whose new version fails here in its first minute, and why */
    BundleSeat(
            Vertx vertx,
            Cluster cluster,
            NodeLinks links,
            RecordStore records,
            Bundles bundles,
            BiConsumer<String, String> failing) {
        this.way = new BundleWay(vertx, links, bundles.store());
        this.vertx = vertx;
        this.home = ((VertxInternal) vertx).createEventLoopContext();
        this.cluster = cluster;
        this.records = records;
        this.bundles = bundles;
        this.failing = failing;
    }

    static String address(String node) {
        return "node/" + node + "/bundles";
    }

    Future<Void> start() {
        way.start();
        Set<String> used = new HashSet<>(bundles.active().values());
        for (StoredRecord record : records.all(BundleRecord.KIND)) {
            used.addAll(read(record).contents().keySet());
        }
        watch = records.watch(BundleRecord.KIND, record -> home.runOnContext(v -> recorded(record.key())));
        members = cluster.watch(now -> home.runOnContext(v -> forget(maker -> !now.contains(maker))));
        MessageConsumer<JsonObject> orders = vertx.eventBus().consumer(address(cluster.self()), this::asked);
        consumer = orders;
        // One that comes back before anybody has missed it knows nothing of what it had begun.
        MessageConsumer<String> others = vertx.eventBus()
                .consumer(
                        STARTS,
                        message -> home.runOnContext(v -> {
                            starts.merge(message.body(), 1, Integer::sum);
                            forget(maker -> maker.equals(message.body()));
                        }));
        starting = others;
        vertx.eventBus().publish(STARTS, cluster.self());
        Set<String> names = new TreeSet<>(bundles.active().keySet());
        records.all(BundleRecord.KIND).forEach(record -> names.add(record.key()));
        home.runOnContext(v -> names.forEach(this::reconcile));
        return vertx.executeBlocking(
                        () -> {
                            bundles.store().keep(used);
                            return null;
                        },
                        false)
                .compose(v -> orders.completion());
    }

    void close() {
        closed = true;
        if (watch != null) {
            watch.cancel();
        }
        if (members != null) {
            members.cancel();
        }
        if (consumer != null) {
            consumer.unregister();
        }
        if (starting != null) {
            starting.unregister();
        }
        way.close();
    }

    static BundleRecord read(@Nullable StoredRecord record) {
        return record == null || record.value() == null
                ? BundleRecord.none()
                : BundleRecord.of(new JsonObject(record.value()));
    }

    private void asked(Message<JsonObject> message) {
        home.runOnContext(v -> answer(message, () -> carryOut(message.body())));
    }

    private static <T> void answer(Message<JsonObject> message, Supplier<Future<T>> task) {
        Future.succeededFuture()
                .compose(v -> task.get())
                .onSuccess(message::reply)
                .onFailure(cause -> {
                    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
                    message.fail(OTHER_FAILURE, text);
                });
    }

    private Future<JsonObject> carryOut(JsonObject order) {
        String change = order.getString("change", "");
        return switch (order.getString("op", "")) {
            case "prepare" -> prepare(change, order);
            case "commit" -> commit(change);
            case "cancel" -> cancel(change);
            default -> Future.succeededFuture(serving());
        };
    }

    private JsonObject serving() {
        JsonObject all = new JsonObject();
        bundles.active().forEach(all::put);
        return all;
    }

    private Future<JsonObject> prepare(String change, JsonObject order) {
        String name = order.getString("name");
        String hash = order.getString("hash");
        String from = order.getString("from");
        Integer start = starts.get(from);
        return fetch(hash, List.of(from))
                .compose(v -> bundles.prepare(vertx, name, hash, order.getBoolean("trial", false) ? failing : null))
                .compose(step -> onHome(() -> {
                    if (calledOff.remove(change)
                            || !cluster.members().contains(from)
                            || !Objects.equals(start, starts.get(from))) {
                        return step.abort().compose(v -> Future.failedFuture("the change has been called off"));
                    }
                    Pending made = new Pending(name, from, step);
                    pending.put(change, made);
                    guard(change, made);
                    return Future.succeededFuture(new JsonObject());
                }));
    }

    private <T> Future<T> onHome(Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        home.runOnContext(v -> task.get().onComplete(done));
        return done.future();
    }

    /** What nodes have begun that do not know of it any more is not waited for. */
    private void forget(Predicate<String> makers) {
        List.copyOf(pending.entrySet()).forEach(each -> {
            if (makers.test(each.getValue().maker)) {
                log.warn(
                        "node {} is gone in the middle of a change of bundle {}; it is taken back",
                        each.getValue().maker,
                        each.getValue().name);
                cancel(each.getKey());
            }
        });
    }

    /** Whoever has begun this may have forgotten it. */
    private void guard(String change, Pending of) {
        vertx.cancelTimer(of.timer);
        of.timer = vertx.setTimer(
                of.committed ? RECORD_MILLIS : COMMIT_MILLIS,
                timer -> home.runOnContext(v -> {
                    if (pending.get(change) == of) {
                        log.warn(
                                "a change of bundle {} was not finished by the node that made it; it is taken back",
                                of.name);
                        cancel(change);
                    }
                }));
    }

    private Future<JsonObject> commit(String change) {
        Pending known = pending.get(change);
        if (known == null) {
            return Future.failedFuture("the change is not known any more");
        }
        known.committed = true;
        guard(change, known);
        return known.step.commit().map(new JsonObject());
    }

    private Future<JsonObject> cancel(String change) {
        Pending known = pending.remove(change);
        if (known == null) {
            // It may still be being prepared.
            calledOff.add(change);
            vertx.setTimer(FORGET_MILLIS, timer -> home.runOnContext(v -> calledOff.remove(change)));
            return Future.succeededFuture(new JsonObject());
        }
        vertx.cancelTimer(known.timer);
        // Whoever is told that nothing has changed may rely on it.
        return (known.committed ? back(known.name).onFailure(cause -> reconcile(known.name)) : known.step.abort())
                .map(new JsonObject());
    }

    /** The lab has made up its mind. */
    private void recorded(String name) {
        List.copyOf(pending.entrySet()).forEach(each -> {
            if (each.getValue().name.equals(name) && each.getValue().committed) {
                pending.remove(each.getKey());
                vertx.cancelTimer(each.getValue().timer);
            }
        });
        reconcile(name);
    }

    private boolean isDue(String name) {
        return pending.values().stream().noneMatch(each -> each.name.equals(name))
                && !Objects.equals(wanted(name), bundles.active().get(name));
    }

    private @Nullable String wanted(String name) {
        return read(records.get(BundleRecord.KIND, name)).on(cluster.self());
    }

    /** Serves what the records say. */
    private void reconcile(String name) {
        if (closed || !isDue(name) || !busy.add(name)) {
            return;
        }
        back(name)
                .onComplete(done -> home.runOnContext(v -> {
                    busy.remove(name);
                    if (done.succeeded()) {
                        reconcile(name);
                    } else {
                        log.error(
                                "bundle {} is not what the lab's records say: {}",
                                name,
                                done.cause().getMessage());
                        vertx.setTimer(AGAIN_MILLIS, timer -> home.runOnContext(again -> reconcile(name)));
                    }
                }));
    }

    /** One attempt at it. */
    private Future<Void> back(String name) {
        String hash = wanted(name);
        List<String> nodes = new ArrayList<>(cluster.members());
        nodes.remove(cluster.self());
        return fetch(hash, nodes)
                .compose(v -> bundles.prepare(vertx, name, hash, null))
                .compose(Step::commit)
                .onSuccess(v -> log.info(
                        "bundle {} is what the lab's records say: {}",
                        name,
                        hash == null ? "none" : hash.substring(0, 12)));
    }

    /** Has a content brought here by one of these nodes. */
    private Future<Void> fetch(@Nullable String hash, List<String> from) {
        if (hash == null || bundles.store().has(hash)) {
            return Future.succeededFuture();
        }
        return fetching.computeIfAbsent(
                hash, h -> pulled(h, from).onComplete(done -> home.runOnContext(v -> fetching.remove(h))));
    }

    private Future<Void> pulled(String hash, List<String> from) {
        Future<Void> none = Future.failedFuture("no node that can be reached has its content " + hash);
        for (String node : from) {
            none = none.recover(before -> way.pull(hash, node).recover(cause -> {
                log.info("node {} does not give the bundle {}: {}", node, hash.substring(0, 12), cause.getMessage());
                return Future.failedFuture(from.size() == 1 ? cause : before);
            }));
        }
        return none;
    }

    /** Reads what a content says of itself; it must be here. */
    Future<BundleManifest> manifest(String hash) {
        return vertx.executeBlocking(
                () -> {
                    if (!bundles.store().has(hash)) {
                        throw new IllegalArgumentException("the content " + hash + " is not here");
                    }
                    return BundleFile.open(bundles.store().jar(hash)).manifest();
                },
                false);
    }
}
