package dev.rigbus.kernel.nodes;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Expire;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.Logged;
import dev.rigbus.kernel.call.DriverMessage.Reset;
import dev.rigbus.kernel.call.DriverMessage.Ticket;
import dev.rigbus.kernel.host.DriverVerticle;
import dev.rigbus.kernel.pump.Chunks;
import dev.rigbus.kernel.pump.NodeLinks;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.tree.Outpost;
import dev.rigbus.kernel.tree.Outposts.Place;
import dev.rigbus.kernel.tree.Posts;
import dev.rigbus.kernel.tree.Whereabouts;
import dev.rigbus.wire.DriverInstanceReport;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those drivers of an exporter that are hosted together on another node. Each has a stand-in at its address here. The host serves for as long
 * as it is granted, and asks again every second; when it no longer can, the stand-ins answer UNAVAILABLE, and the drivers are asked for
 * again, there or on another node that fits. Nobody else gets them before the last grant has run out.
 *
 * <p>What changes belongs to one context.
 */
final class NodeOutpost implements Outpost {
    /** How long a grant lasts, by the clock of who asks for it, from when it asked. */
    static final Duration GRANT = Duration.ofSeconds(5);

    /** What who hosts drivers is told when it asks whether it may. */
    enum Grant {
        YES,
        /** They are to be used by nobody until it may again. */
        NOT_NOW,
        /** They are wanted here no more. */
        NEVER
    }

    /** On top of that, for timers that are late. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final long LOOK_MILLIS = 500;
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration READY = Duration.ofSeconds(5);
    private static final Duration STOP = Duration.ofSeconds(15);
    /** Drivers may have to wake a device up. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger("driver.nodes");

    private final String id = UUID.randomUUID().toString();
    private final Whereabouts where;
    private final Hosts hosts;
    private final NodeLinks links;
    private final Hostings hostings;
    private final Place place;
    private final EventBus bus;
    private final ContextInternal home;
    private final EventLoop loop;
    private final List<Post> posts = new ArrayList<>();
    private final Set<UUID> drivers = new LinkedHashSet<>();
    private final List<String> deployed = new ArrayList<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, StandInItems> expected = new ConcurrentHashMap<>();
    private @Nullable Future<List<DriverInstanceReport>> started;
    private @Nullable Future<Void> stopped;
    private @Nullable MessageConsumer<JsonObject> endpoint;
    /** The node that was asked last; it may still host them whether it can be reached or not. */
    private @Nullable String asked;
    /** When it was last told that it may. */
    private long granted = System.nanoTime() - GRANT.toNanos() - MARGIN.toNanos();

    private boolean busy;
    /** A device that does not start is not tried all the time. */
    private long notBefore = System.nanoTime();
    /** A session has begun of which the drivers have not heard. */
    private boolean missed;

    private boolean stopping;
    private @Nullable String trouble;
    private volatile @Nullable Way way;
    private volatile @Nullable String node;
    private volatile long fence;

    NodeOutpost(Whereabouts where, Hosts hosts, NodeLinks links, Hostings hostings, Place place) {
        this.where = where;
        this.hosts = hosts;
        this.links = links;
        this.hostings = hostings;
        this.place = place;
        this.bus = place.vertx().eventBus();
        this.home = ((VertxInternal) place.vertx()).createEventLoopContext();
        this.loop = home.nettyEventLoop();
    }

    @Override
    public void add(Post post) {
        posts.add(post);
    }

    private <T> Future<T> onHome(Supplier<Future<T>> task) {
        return Home.on(home, task);
    }

    @Override
    public Future<Void> ready() {
        return onHome(() -> {
            String there = choice();
            if (there == null) {
                return Future.failedFuture(nowhere());
            }
            JsonObject question = new JsonObject().put("op", "ready");
            return bus.request(
                            Addresses.hostings(there), question, new DeliveryOptions().setSendTimeout(READY.toMillis()))
                    .<Void>mapEmpty()
                    .recover(cause -> Future.failedFuture(inWords(there, cause)));
        });
    }

    private DriverException nowhere() {
        return new DriverException(
                Reason.UNAVAILABLE, where.text() + " cannot be reached, where " + paths() + " should run");
    }

    @Override
    public synchronized Future<List<DriverInstanceReport>> start() {
        if (started == null) {
            started = onHome(() -> listen().compose(v -> settle()).compose(this::deploy))
                    // Who does not start is not stopped by anybody either.
                    .recover(cause -> stop().transform(v -> Future.failedFuture(cause)));
        }
        return started;
    }

    private Future<Void> listen() {
        MessageConsumer<JsonObject> consumer = bus.consumer(Addresses.outpost(id), this::heard);
        endpoint = consumer;
        place.vertx().setPeriodic(LOOK_MILLIS, timer -> {
            if (stopping) {
                place.vertx().cancelTimer(timer);
            } else {
                home.runOnContext(v -> look());
            }
        });
        return consumer.completion();
    }

    private void heard(Message<JsonObject> message) {
        message.reply(grant(message.body().getString("node", "")).name());
    }

    private Grant grant(String who) {
        if (stopping || !who.equals(asked)) {
            return Grant.NEVER;
        }
        // It has not heard of the session that has begun, and may still do what the one before wanted.
        if (missed && !hasRunOut()) {
            return Grant.NOT_NOW;
        }
        granted = System.nanoTime();
        return Grant.YES;
    }

    /** Items of a streaming call, and the log. */
    private void told(Object message) {
        if (message instanceof Logged line) {
            place.logs()
                    .add(new LogEntry(
                            Instant.ofEpochMilli(line.time()),
                            line.severity(),
                            line.text(),
                            LogEntry.Source.valueOf(line.source())));
        } else if (message instanceof Items items) {
            StandInItems call = expected.get(items.id().number());
            if (call != null) {
                call.arrived(items);
            }
        }
    }

    /** Whoever was granted the drivers may use them until then. */
    private Duration untilRunOut() {
        return Duration.ofNanos(granted + GRANT.toNanos() + MARGIN.toNanos() - System.nanoTime());
    }

    private boolean hasRunOut() {
        return untilRunOut().isNegative();
    }

    private Future<Void> waitOut() {
        return hasRunOut()
                ? Future.succeededFuture()
                : place.vertx()
                        .timer(untilRunOut().toMillis() + 1, TimeUnit.MILLISECONDS)
                        .mapEmpty();
    }

    /** Where the drivers should run; absent if nowhere can be reached, or another node may still have them. */
    private @Nullable String choice() {
        List<String> fitting = hosts.fitting(where);
        if (asked != null && !hasRunOut()) {
            return fitting.contains(asked) ? asked : null;
        }
        return fitting.isEmpty() ? null : fitting.get(0);
    }

    /** Has the drivers hosted; fails if that does not work now. */
    private Future<List<DriverInstanceReport>> settle() {
        String there = choice();
        if (there == null) {
            return Future.failedFuture(nowhere());
        }
        asked = there;
        busy = true;
        JsonObject order = Posts.toJson(place.exporter(), posts)
                .put("op", "host")
                .put("id", id)
                .put("owner", hosts.self())
                .put("where", where.text());
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(START.toMillis());
        return unlessGone(there, bus.<JsonObject>request(Addresses.hostings(there), order, options))
                .recover(cause -> Future.failedFuture(inWords(there, cause)))
                .map(reply -> reports(reply.body()))
                .compose(reports -> reach(there)
                        .compose(opened -> caughtUp(opened)
                                .onFailure(cause -> opened.close())
                                .map(opened))
                        .map(opened -> {
                            way = opened;
                            node = there;
                            trouble = null;
                            opened.lost()
                                    .onComplete(v -> home.runOnContext(x -> {
                                        if (way == opened) {
                                            lose("the connection to node " + there + " is lost");
                                        }
                                    }));
                            return reports;
                        }))
                .onComplete(done -> busy = false);
    }

    /** The bus waits for the answer of a node that has just died; nobody here has to. */
    private <T> Future<T> unlessGone(String there, Future<T> answer) {
        Promise<T> either = Promise.promise();
        long look = place.vertx().setPeriodic(LOOK_MILLIS, timer -> {
            if (!hosts.isThere(there)) {
                either.tryFail(new DriverException(Reason.UNAVAILABLE, "it cannot be reached"));
            }
        });
        answer.onSuccess(either::tryComplete).onFailure(either::tryFail);
        return either.future().onComplete(done -> place.vertx().cancelTimer(look));
    }

    /** Opens the way to where the drivers are. */
    private Future<Way> reach(String there) {
        if (there.equals(hosts.self())) {
            return hostings.way(id, this::told);
        }
        return links.open(there, Hostings.LINE, id.getBytes(UTF_8), loop).compose(stream -> {
            Promise<Way> opened = Promise.promise();
            loop.execute(() -> opened.complete(
                    Line.on(stream, asked -> Future.failedFuture("nothing is served here"), this::told)));
            return opened.future();
        });
    }

    private Throwable inWords(String there, Throwable cause) {
        boolean unheard = cause instanceof ReplyException e && e.failureType() != ReplyFailure.RECIPIENT_FAILURE;
        String why = unheard ? "it does not answer" : String.valueOf(cause.getMessage());
        return new DriverException(Reason.UNAVAILABLE, "node " + there + " does not run " + paths() + ": " + why);
    }

    private String paths() {
        return String.join(", ", posts.stream().map(Post::path).toList());
    }

    private static List<DriverInstanceReport> reports(JsonObject reply) {
        List<DriverInstanceReport> reports = new ArrayList<>();
        JsonArray all = reply.getJsonArray("reports");
        for (int i = 0; i < all.size(); i++) {
            try {
                reports.add(DriverInstanceReport.parseFrom(all.getBinary(i)));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a report that another node has sent cannot be read", e);
            }
        }
        return reports;
    }

    /** Drivers that went on without us hear of the session that has begun meanwhile. */
    private Future<Void> caughtUp(Way opened) {
        Future<?> all = Future.succeededFuture();
        if (missed) {
            for (UUID driver : drivers) {
                all = all.compose(v -> opened.ask(home, new Afar(driver, new Reset(fence))));
            }
        }
        return all.map(v -> {
            missed = false;
            return null;
        });
    }

    private Future<List<DriverInstanceReport>> deploy(List<DriverInstanceReport> reports) {
        Map<UUID, DriverInstanceReport> distinct = new LinkedHashMap<>();
        reports.forEach(report -> distinct.putIfAbsent(UUID.fromString(report.getUuid()), report));
        Future<?> all = Future.succeededFuture();
        for (UUID uuid : distinct.keySet()) {
            drivers.add(uuid);
            DriverVerticle verticle = new DriverVerticle(
                    uuid, place.pickups(), (loop, context) -> new StandIn(uuid, this, place.pickups(), loop, context));
            all = all.compose(v -> place.vertx().deployVerticle(verticle)).onSuccess(deployed::add);
        }
        return all.map(v -> List.copyOf(distinct.values()));
    }

    /** Time passes, and nodes come and go. */
    private void look() {
        String there = node;
        if (stopping || started == null || !started.succeeded()) {
            return;
        }
        if (there != null) {
            boolean silent = System.nanoTime() - granted > GRANT.toNanos();
            if (silent || !hosts.isThere(there)) {
                lose("node " + there + " cannot be reached");
            } else if (hosts.isDraining(there) && hosts.fitting(where).stream().anyMatch(n -> !hosts.isDraining(n))) {
                leave(there);
            }
        } else if (!busy && System.nanoTime() - notBefore >= 0 && choice() != null) {
            settle().onSuccess(reports -> log.atInfo()
                            .addKeyValue("exporter", place.exporter().name())
                            .log("{} run on node {} again", paths(), asked))
                    .onFailure(this::notYet);
        }
    }

    private void notYet(Throwable cause) {
        notBefore = System.nanoTime() + AGAIN.toNanos();
        String text = String.valueOf(cause.getMessage());
        if (!text.equals(trouble)) {
            trouble = text;
            log.atWarn().addKeyValue("exporter", place.exporter().name()).log("{}; tried again", text);
        }
    }

    /** The drivers do not answer for now. */
    private void lose(String why) {
        node = null;
        Way lost = way;
        way = null;
        if (lost != null) {
            lost.close();
        }
        log.atWarn().addKeyValue("exporter", place.exporter().name()).log("{}: {} are lost for now", why, paths());
        drivers.forEach(driver -> bus.send(Addresses.driver(driver), new Expire(why), ByReference.OPTIONS));
    }

    /** To a node that stays. */
    private void leave(String there) {
        lose("node " + there + " is being drained");
        busy = true;
        release(there).onComplete(done -> busy = false);
    }

    /** Takes the drivers away from a node; if it does not answer, the grant runs out. */
    private Future<Void> release(String there) {
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(STOP.toMillis());
        JsonObject order = new JsonObject().put("op", "release").put("id", id);
        return unlessGone(there, bus.request(Addresses.hostings(there), order, options))
                .onSuccess(done -> {
                    granted = System.nanoTime() - GRANT.toNanos() - MARGIN.toNanos();
                    asked = null;
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    /** A session begins: a driver that cannot be told may be used by nobody any more when this completes. */
    Future<?> reset(UUID driver, long session) {
        return onHome(() -> {
            fence = session;
            Way now = way;
            if (now == null) {
                missed = true;
                return waitOut();
            }
            return now.<Object>ask(home, new Afar(driver, new Reset(session)))
                    .<Void>mapEmpty()
                    .recover(cause -> {
                        if (now == way) {
                            return Future.failedFuture(cause);
                        }
                        missed = true;
                        return waitOut();
                    });
        });
    }

    /** Of the session that holds the exporter. */
    long fence() {
        return fence;
    }

    private DriverException lost() {
        return new DriverException(Reason.UNAVAILABLE, where.text() + " cannot be reached");
    }

    /** Asks a driver, and answers on the caller's context. */
    <T> Future<T> ask(ContextInternal context, UUID driver, DriverMessage message) {
        Way now = way;
        return now == null ? context.failedFuture(lost()) : now.ask(context, new Afar(driver, message));
    }

    /** Without an answer. */
    void tell(UUID driver, DriverMessage message) {
        Way now = way;
        if (now != null) {
            now.tell(new Afar(driver, message));
        }
    }

    Id nextId() {
        return new Id(id, numbers.incrementAndGet());
    }

    void expect(Id call, StandInItems items) {
        expected.put(call.number(), items);
    }

    void forget(Id call) {
        expected.remove(call.number());
    }

    /** Fetches a stream that was opened on the other node. */
    Future<RawStream> pickUp(Ticket ticket, EventLoop loop) {
        String there = node;
        if (hosts.self().equals(there)) {
            return hostings.take(ticket.pickup(), loop);
        }
        byte[] header = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(ticket.pickup().getMostSignificantBits())
                .putLong(ticket.pickup().getLeastSignificantBits())
                .array();
        return there == null
                ? Future.failedFuture(lost())
                : links.open(there, Hostings.PICKUP, header, loop).map(Chunks::new);
    }

    @Override
    public synchronized Future<Void> stop() {
        if (stopped == null) {
            stopped = onHome(this::end);
        }
        return stopped;
    }

    private Future<Void> end() {
        Vertx vertx = place.vertx();
        Future<?> all = Future.succeededFuture();
        for (String deployment : deployed) {
            all = all.compose(v -> vertx.undeploy(deployment)).otherwiseEmpty();
        }
        String there = asked;
        return all.compose(v -> there == null ? Future.<Void>succeededFuture() : release(there))
                .compose(v -> {
                    stopping = true;
                    node = null;
                    Way last = way;
                    way = null;
                    if (last != null) {
                        last.close();
                    }
                    return endpoint == null ? Future.<Void>succeededFuture() : endpoint.unregister();
                });
    }
}
