package dev.rigbus.app.node;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.bundle.BundleException;
import dev.rigbus.kernel.bundle.Bundles;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.lab.admin.LabBundles;
import dev.rigbus.lab.audit.Trail;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bundles from afar: any node takes a wish and has all nodes that it is about prepare it; only when each of them can, they switch, and only when
 * each of them has, it stands in the lab's records. Safe to use from any thread.
 */
final class BundleDesk implements LabBundles {
    private static final Logger log = LoggerFactory.getLogger(BundleDesk.class);
    /** To bring a content there and to start its drivers, which each may wake a device up. */
    static final long PREPARE_MILLIS = 150_000;

    private static final long COMMIT_MILLIS = 20_000;
    private static final long ASK_MILLIS = 3_000;
    private static final long AGAIN_MILLIS = 1_000;
    private static final int MOST_PIECE = 2 << 20;
    private static final int TRIES = 30;

    private final Vertx vertx;
    private final Cluster cluster;
    private final RecordStore records;
    private final Bundles bundles;
    private final Trail trail;
    private final BundleSeat seat;
    private final Set<Unanswered> unanswered = ConcurrentHashMap.newKeySet();
    private RecordStore.@Nullable Registration watch;

    BundleDesk(Vertx vertx, Cluster cluster, NodeLinks links, RecordStore records, Bundles bundles, Trail trail) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.records = records;
        this.bundles = bundles;
        this.trail = trail;
        this.seat = new BundleSeat(vertx, cluster, links, records, bundles, (name, why) -> fails(name, why, TRIES));
    }

    Future<Void> start() {
        watch = cluster.watch(members -> unanswered.forEach(each -> {
            if (!members.contains(each.node())) {
                each.promise().tryFail("it is gone");
            }
        }));
        return seat.start();
    }

    void close() {
        if (watch != null) {
            watch.cancel();
        }
        seat.close();
    }

    /** An order to a node, which may die over it. */
    private record Unanswered(String node, Promise<Void> promise) {}

    @Override
    public Future<Long> put(String hash, long offset, byte[] piece, boolean last) {
        if (piece.length > MOST_PIECE) {
            return refused(Code.INVALID_ARGUMENT, "a piece of a bundle has " + MOST_PIECE + " bytes at most");
        }
        return vertx.executeBlocking(
                        () -> {
                            if (piece.length > 0 || last) {
                                bundles.store().put(hash, offset, piece, last);
                            }
                            return bundles.store().received(hash);
                        },
                        false)
                .recover(cause -> cause instanceof BundleException || cause instanceof IllegalArgumentException
                        ? refused(Code.INVALID_ARGUMENT, String.valueOf(cause.getMessage()))
                        : cause instanceof IOException
                                ? refused(
                                        Code.RESOURCE_EXHAUSTED,
                                        "node " + cluster.self() + " cannot keep the bundle: " + cause.getMessage())
                                : Future.failedFuture(cause));
    }

    private static <T> Future<T> refused(Code code, String text) {
        return Future.failedFuture(new StatusException(code, text));
    }

    /**
     * A record and what is to become of it.
     *
     * @param trial whether a version that fails at first is taken back; one that is gone back to is not
     */
    private record Plan(String name, long version, BundleRecord before, BundleRecord after, boolean trial) {}

    @Override
    public Future<Bundle> change(Wish wish) {
        return plan(wish)
                .compose(plan -> carryOut(plan, wish.nodes(), wish.rolling()))
                .compose(name -> bundle(name, wish.deed() == Deed.REMOVE));
    }

    private Future<Plan> plan(Wish wish) {
        boolean brings = wish.deed() == Deed.DEPLOY || wish.deed() == Deed.UPGRADE;
        return brings
                ? seat.manifest(wish.hash())
                        .recover(cause -> refused(Code.INVALID_ARGUMENT, String.valueOf(cause.getMessage())))
                        .map(manifest -> brought(
                                wish,
                                manifest.name(),
                                new BundleRecord.Content(manifest.version(), manifest.api(), manifest.rights())))
                : Future.succeededFuture().map(v -> taken(wish));
    }

    private Plan brought(Wish wish, String name, BundleRecord.Content content) {
        StoredRecord stored = records.get(BundleRecord.KIND, name);
        BundleRecord before = BundleSeat.read(stored);
        boolean there = !before.current().isEmpty();
        if (there && wish.deed() == Deed.DEPLOY) {
            throw new StatusException(
                    Code.ALREADY_EXISTS,
                    "bundle " + name + " is there already (" + versions(before)
                            + "); `rigbus bundle upgrade` changes it");
        }
        if (!there && wish.deed() == Deed.UPGRADE) {
            throw new StatusException(
                    Code.NOT_FOUND, "there is no bundle " + name + "; `rigbus bundle deploy` brings it");
        }
        Map<String, String> wanted = new TreeMap<>(before.current());
        List<String> nodes = wish.nodes().isEmpty()
                ? there ? List.copyOf(wanted.keySet()) : List.of(BundleRecord.EVERYWHERE)
                : wish.nodes();
        nodes.forEach(node -> wanted.put(node, wish.hash()));
        return new Plan(name, version(stored), before, before.with(wanted, Map.of(wish.hash(), content)), true);
    }

    private static String versions(BundleRecord record) {
        return String.join(
                ", ",
                new TreeSet<>(
                        record.current().values().stream().map(record::version).toList()));
    }

    private Plan taken(Wish wish) {
        StoredRecord stored = records.get(BundleRecord.KIND, wish.name());
        BundleRecord before = BundleSeat.read(stored);
        if (before.current().isEmpty() && before.previous().isEmpty()) {
            throw new StatusException(Code.NOT_FOUND, "there is no bundle " + wish.name());
        }
        if (wish.deed() == Deed.ROLLBACK) {
            if (before.previous().isEmpty()) {
                throw new StatusException(
                        Code.FAILED_PRECONDITION, "bundle " + wish.name() + " has no version before this one");
            }
            return new Plan(wish.name(), version(stored), before, before.rolledBack(), false);
        }
        Map<String, String> wanted = new TreeMap<>(before.current());
        for (String node : wish.nodes()) {
            if (wanted.remove(node) == null) {
                throw new StatusException(
                        Code.FAILED_PRECONDITION,
                        "bundle " + wish.name() + " was not deployed to node " + node + " by name");
            }
        }
        return new Plan(
                wish.name(),
                version(stored),
                before,
                before.with(wish.nodes().isEmpty() ? Map.of() : wanted, Map.of()),
                false);
    }

    private static long version(@Nullable StoredRecord stored) {
        return stored == null || stored.value() == null ? 0 : stored.version();
    }

    private Future<String> carryOut(Plan plan, List<String> named, boolean rolling) {
        List<String> nodes = new ArrayList<>();
        // Who is not there now follows when it comes back, unless it was asked for by its name.
        for (String node : new TreeSet<>(
                Stream.concat(cluster.members().stream(), named.stream()).toList())) {
            if (!Objects.equals(plan.before().on(node), plan.after().on(node)) || named.contains(node)) {
                nodes.add(node);
            }
        }
        for (String node : nodes) {
            if (!cluster.members().contains(node)) {
                return refused(
                        Code.UNAVAILABLE,
                        "node " + node + " cannot be reached, see `rigbus get nodes`; nothing has changed");
            }
        }
        String change = UUID.randomUUID().toString();
        Future<Void> done = rolling
                ? oneByOne(nodes, change, plan)
                : each(nodes, node -> prepare(node, change, plan))
                        .compose(v -> each(nodes, node -> commit(node, change)));
        return done.compose(v -> write(plan))
                .recover(cause -> each(nodes, node -> order(node, "cancel", change, COMMIT_MILLIS))
                        .transform(v -> Future.failedFuture(cause)))
                .map(plan.name());
    }

    private interface Task {
        Future<?> of(String node);
    }

    /** All at once; fails with the first failure when all have ended. */
    private static Future<Void> each(List<String> nodes, Task task) {
        return Future.join(nodes.stream().map(task::of).toList()).mapEmpty();
    }

    private Future<Void> oneByOne(List<String> nodes, String change, Plan plan) {
        Future<Void> all = Future.succeededFuture();
        for (String node : nodes) {
            all = all.compose(v -> prepare(node, change, plan)).compose(v -> commit(node, change));
        }
        return all;
    }

    private Future<Void> prepare(String node, String change, Plan plan) {
        JsonObject order = new JsonObject()
                .put("name", plan.name())
                .put("hash", plan.after().on(node))
                .put("trial", plan.trial())
                .put("from", cluster.self());
        return order(node, "prepare", change, order, PREPARE_MILLIS);
    }

    private Future<Void> commit(String node, String change) {
        return order(node, "commit", change, COMMIT_MILLIS);
    }

    private Future<Void> order(String node, String op, String change, long millis) {
        return order(node, op, change, new JsonObject(), millis);
    }

    private Future<Void> order(String node, String op, String change, JsonObject order, long millis) {
        Promise<Void> answered = Promise.promise();
        Unanswered asked = new Unanswered(node, answered);
        unanswered.add(asked);
        if (!cluster.members().contains(node)) {
            answered.tryFail("it is gone");
        }
        vertx.eventBus()
                .request(
                        BundleSeat.address(node),
                        order.put("op", op).put("change", change),
                        new DeliveryOptions().setSendTimeout(millis))
                .onComplete(done -> {
                    unanswered.remove(asked);
                    if (done.succeeded()) {
                        answered.tryComplete();
                    } else {
                        answered.tryFail(done.cause());
                    }
                });
        return answered.future().recover(cause -> {
            boolean told = cause instanceof ReplyException e && e.failureType() == ReplyFailure.RECIPIENT_FAILURE;
            return refused(
                    told ? Code.FAILED_PRECONDITION : Code.UNAVAILABLE,
                    "node " + node + (told ? ": " + cause.getMessage() : " does not answer") + "; nothing has changed");
        });
    }

    private Future<Void> write(Plan plan) {
        boolean gone = plan.after().current().isEmpty();
        return records.write(
                        BundleRecord.KIND,
                        plan.name(),
                        plan.version(),
                        gone ? null : plan.after().json().encode())
                .recover(cause -> cause instanceof RecordStore.ConflictException
                        ? refused(
                                Code.ABORTED,
                                "somebody else has changed bundle " + plan.name()
                                        + " at the same time; nothing of this has changed")
                        : Future.failedFuture(cause))
                .mapEmpty();
    }

    /** A new version makes trouble on this node: all nodes go back to the one before. */
    private void fails(String name, String why, int tries) {
        StoredRecord stored = records.get(BundleRecord.KIND, name);
        BundleRecord now = BundleSeat.read(stored);
        String hash = bundles.active().get(name);
        if (!Objects.equals(now.on(cluster.self()), hash) && tries > 0) {
            // It may not be in the records yet.
            vertx.setTimer(AGAIN_MILLIS, timer -> fails(name, why, tries - 1));
            return;
        }
        String title = "bundle " + name + " " + now.version(hash);
        String before = now.before(cluster.self());
        if (before == null || before.equals(hash)) {
            log.error("{} fails in its first minute ({}), and there is none before it to go back to", title, why);
            return;
        }
        log.error("{} fails in its first minute ({}); back to {}", title, why, now.version(before));
        Plan plan = new Plan(name, version(stored), now, now.rolledBack(), false);
        trail.of(
                        "node " + cluster.self(),
                        "bundle.rollback",
                        "bundle " + name,
                        Map.of("reason", why),
                        () -> carryOut(plan, List.of(), false))
                .onFailure(cause -> log.error("{} could not be taken back: {}", title, cause.getMessage()));
    }

    private Future<Bundle> bundle(String name, boolean gone) {
        return all().compose(all -> all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(Future::succeededFuture)
                .orElseGet(() -> gone
                        ? Future.succeededFuture(new Bundle(name, "", "", null, List.of(), Map.of(), false))
                        : Future.failedFuture("bundle " + name + " is gone")));
    }

    @Override
    public Future<List<Bundle>> all() {
        List<String> members = List.copyOf(new TreeSet<>(cluster.members()));
        List<Future<JsonObject>> asked = members.stream().map(this::serving).toList();
        return Future.join(asked).transform(v -> {
            List<Bundle> all = new ArrayList<>();
            for (StoredRecord stored : records.all(BundleRecord.KIND)) {
                all.add(bundle(stored, members, asked));
            }
            all.sort(java.util.Comparator.comparing(Bundle::name));
            return Future.succeededFuture(all);
        });
    }

    private Future<JsonObject> serving(String node) {
        return vertx.eventBus()
                .<JsonObject>request(
                        BundleSeat.address(node),
                        new JsonObject().put("op", "serving"),
                        new DeliveryOptions().setSendTimeout(ASK_MILLIS))
                .map(reply -> reply.body());
    }

    private static Bundle bundle(StoredRecord stored, List<String> members, List<Future<JsonObject>> asked) {
        BundleRecord record = BundleSeat.read(stored);
        Map<String, String> serving = new TreeMap<>();
        for (int i = 0; i < members.size(); i++) {
            String wanted = record.on(members.get(i));
            if (wanted != null) {
                serving.put(members.get(i), serving(record, wanted, stored.key(), asked.get(i)));
            }
        }
        record.current().keySet().stream()
                .filter(node -> !node.equals(BundleRecord.EVERYWHERE) && !members.contains(node))
                .forEach(node -> serving.put(node, "not there"));
        String hash = record.current()
                .getOrDefault(
                        BundleRecord.EVERYWHERE,
                        new TreeMap<>(record.current()).firstEntry().getValue());
        String before = record.previous().isEmpty()
                ? null
                : record.version(record.previous()
                        .getOrDefault(
                                BundleRecord.EVERYWHERE,
                                new TreeMap<>(record.previous()).firstEntry().getValue()));
        BundleRecord.Content content = record.contents().get(hash);
        return new Bundle(
                stored.key(),
                record.version(hash),
                hash,
                before,
                content == null ? List.of() : content.rights(),
                serving,
                record.current().containsKey(BundleRecord.EVERYWHERE));
    }

    private static String serving(BundleRecord record, String wanted, String name, Future<JsonObject> answer) {
        if (answer.failed()) {
            return "no answer";
        }
        String there = answer.result().getString(name);
        return wanted.equals(there)
                ? record.version(there)
                : there == null ? "missing" : record.version(there) + " instead of " + record.version(wanted);
    }
}
