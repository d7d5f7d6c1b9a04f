package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore.Registration;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * Nodes on one thread, with a network, disks' delays and a clock that a seed decides on: the same seed, the same run. The files are real. A node
 * that is killed loses what it had not committed and everything that it was about to do.
 */
@NullUnmarked // what is not there fails the test
final class SimLab implements AutoCloseable {
    private record Event(long at, long order, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    final Random random;
    final Map<String, Node> nodes = new TreeMap<>();
    /** Of each value who decided that it stands, and which members that one saw. */
    final Map<String, Offer> offers = new HashMap<>();

    /** Values of which another node has told their writer that they stand. */
    private final Set<String> told = new HashSet<>();

    double lossFraction;
    private final Path dir;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Set<String> cuts = new TreeSet<>();
    private final Set<String> silent = new TreeSet<>();
    private long nowMillis = 1_000_000_000L;
    private long order;

    record Offer(String home, Set<String> members) {}

    SimLab(Path dir, long seed, String... names) {
        this.dir = dir;
        this.random = new Random(seed);
        for (String name : names) {
            nodes.put(name, new Node(name));
        }
        nodes.values().forEach(Node::start);
    }

    long now() {
        return nowMillis;
    }

    void after(long millis, Runnable task) {
        events.add(new Event(nowMillis + millis, order++, task));
    }

    void run(long millis) {
        long end = nowMillis + millis;
        while (!events.isEmpty() && events.peek().at() <= end) {
            Event event = events.poll();
            nowMillis = event.at();
            event.task().run();
        }
        nowMillis = end;
    }

    /** Runs until a future is complete, a minute at most. */
    <T> T await(Future<T> future) {
        for (int i = 0; i < 60_000 && !future.isComplete(); i++) {
            run(1);
        }
        if (!future.succeeded()) {
            throw new AssertionError("not done: " + future.cause(), future.cause());
        }
        return future.result();
    }

    // The network.

    void cut(String a, String b) {
        cuts.add(a + "|" + b);
        cuts.add(b + "|" + a);
        noticed();
    }

    /** A node is not heard of, and hears nothing, any more; the others notice after a while. */
    void silence(String node, long unnoticedMillis) {
        silent.add(node);
        after(
                unnoticedMillis,
                () -> nodes.keySet().stream()
                        .filter(other -> !other.equals(node))
                        .forEach(other -> cut(node, other)));
    }

    void heal() {
        silent.clear();
        cuts.clear();
        noticed();
    }

    boolean connected(String a, String b) {
        return nodes.get(a).up && nodes.get(b).up && !cuts.contains(a + "|" + b);
    }

    /** Each node learns of it in its own time. */
    private void noticed() {
        nodes.values().forEach(node -> after(20 + random.nextInt(600), node::look));
    }

    final class Node implements Cluster, Peers {
        final String name;
        boolean up;

        @Nullable
        ReplicatedRecords records;

        @Nullable
        LocalRecords local;

        private @Nullable LabFile file;
        private @Nullable Consumer<Set<String>> watcher;
        private @Nullable Function<JsonObject, Future<JsonObject>> handler;
        private Set<String> members = Set.of();
        private int life;

        Node(String name) {
            this.name = name;
        }

        void start() {
            up = true;
            int mine = ++life;
            members = new TreeSet<>(Set.of(name));
            file = LabFile.open(dir.resolve(name).resolve("lab.db"));
            // Each thread of a real store does one thing after the other, and so do these.
            Executor writer = new Line(mine, 8);
            Line loop = new Line(mine, 1);
            local = new LocalRecords(file, this::time, writer, loop, new Line(mine, 3));
            records = new ReplicatedRecords(
                    local, this, this, loop, random::nextLong, Map.of(), q -> Future.failedFuture("no such question"));
            records.start();
            noticed();
        }

        /** As kill -9 does it. */
        void kill() {
            up = false;
            life++;
            watcher = null;
            handler = null;
            file.rollback();
            file.close();
            noticed();
        }

        private void look() {
            if (!up) {
                return;
            }
            Set<String> seen = new TreeSet<>();
            nodes.values().stream()
                    .filter(other -> other.name.equals(name) || connected(name, other.name))
                    .forEach(other -> seen.add(other.name));
            if (!seen.equals(members)) {
                members = seen;
                if (watcher != null) {
                    watcher.accept(seen);
                }
            }
        }

        /** One of a node's threads, which ends with it. */
        private final class Line implements Loop {
            private final int mine;
            private final int slowestMillis;
            private long free;

            Line(int mine, int slowestMillis) {
                this.mine = mine;
                this.slowestMillis = slowestMillis;
            }

            @Override
            public void execute(Runnable task) {
                free = Math.max(free, nowMillis) + random.nextInt(slowestMillis + 1);
                SimLab.this.after(free - nowMillis, () -> run(task));
            }

            @Override
            public void after(Duration delay, Runnable task) {
                SimLab.this.after(delay.toMillis(), () -> run(task));
            }

            private void run(Runnable task) {
                if (life == mine) {
                    task.run();
                }
            }
        }

        @Override
        public Future<JsonObject> request(String node, JsonObject message, Duration timeout) {
            Consumer<JsonObject> answered = taken(message);
            int mine = life;
            String text = message.encode();
            if (text.length() > 1 << 20) {
                throw new AssertionError("a message of " + text.length() + " characters: " + text.substring(0, 200));
            }
            Promise<JsonObject> promise = Promise.promise();
            Consumer<Runnable> atHome = task -> {
                if (life == mine) {
                    task.run();
                }
            };
            SimLab.this.after(timeout.toMillis(), () -> atHome.accept(() -> promise.tryFail("no answer from " + node)));
            if (!connected(name, node) && random.nextBoolean()) {
                SimLab.this.after(1, () -> atHome.accept(() -> promise.tryFail(new UnreachableException(node))));
                return promise.future();
            }
            travel(node, () -> {
                Function<JsonObject, Future<JsonObject>> there = nodes.get(node).handler;
                if (there != null) {
                    there.apply(new JsonObject(text))
                            .onSuccess(answer -> confirmed(nodes.get(node), message, answer))
                            .onSuccess(answer -> nodes.get(node)
                                    .travel(
                                            name,
                                            () -> atHome.accept(() -> {
                                                answered.accept(answer);
                                                promise.tryComplete(new JsonObject(answer.encode()));
                                            })))
                            .onFailure(cause -> nodes.get(node)
                                    .travel(name, () -> atHome.accept(() -> promise.tryFail(cause.getMessage()))));
                }
            });
            return promise.future();
        }

        /** A home that was refused may leave the decision to another, so who decided is who was told that it stands elsewhere. */
        private Consumer<JsonObject> taken(JsonObject message) {
            if (!"put".equals(message.getString("op"))) {
                return answer -> {
                    if (stands(message, answer)) {
                        told.add(message.getString("value"));
                    }
                };
            }
            String value =
                    String.valueOf(Wire.record(message.getJsonArray("record")).value());
            Offer offer = new Offer(name, records.view().members);
            return answer -> {
                if (answer.containsKey("ok")) {
                    offers.put(value, offer);
                }
            };
        }

        /** A home that is asked again confirms what stands, whoever put it there. */
        private void confirmed(Node home, JsonObject message, JsonObject answer) {
            if (answer.containsKey("conflict") && stands(message, answer)) {
                offers.put(message.getString("value"), new Offer(home.name, home.records.view().members));
            }
        }

        private boolean stands(JsonObject message, JsonObject answer) {
            StoredRecord record =
                    "cas".equals(message.getString("op")) ? Wire.optional(answer.getJsonArray("record")) : null;
            return record != null && record.value() != null && record.value().equals(message.getString("value"));
        }

        /** A write of this node's is acknowledged: where no other has said so it has found here what another had decided on. */
        void acknowledged(String value) {
            Offer offer = offers.get(value);
            if (!told.contains(value) && offer != null && !offer.home().equals(name)) {
                offers.put(value, new Offer(name, records.view().members));
            }
        }

        private void travel(String node, Runnable arrival) {
            boolean slow = random.nextInt(50) == 0;
            SimLab.this.after(1 + random.nextInt(slow ? 1500 : 10), () -> {
                boolean heard = !silent.contains(name) && !silent.contains(node);
                if (heard && connected(name, node) && random.nextDouble() >= lossFraction) {
                    arrival.run();
                }
            });
        }

        @Override
        public Future<Void> serve(Function<JsonObject, Future<JsonObject>> handler) {
            this.handler = handler;
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            handler = null;
            return Future.succeededFuture();
        }

        @Override
        public String self() {
            return name;
        }

        @Override
        public Set<String> members() {
            return members;
        }

        @Override
        public String oldest() {
            return members.iterator().next();
        }

        @Override
        public boolean hasMajority() {
            return members.size() * 2 > nodes.size();
        }

        @Override
        public long time() {
            return nowMillis;
        }

        @Override
        public Registration watch(Consumer<Set<String>> listener) {
            watcher = listener;
            return () -> watcher = null;
        }
    }

    @Override
    public void close() {
        nodes.values().stream().filter(node -> node.up).forEach(Node::kill);
    }
}
