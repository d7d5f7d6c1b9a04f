package dev.rigbus.kernel.nodes;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.call.Addresses;
import dev.rigbus.kernel.call.ByReference;
import dev.rigbus.kernel.call.DriverMessage;
import dev.rigbus.kernel.call.DriverMessage.Afar;
import dev.rigbus.kernel.call.DriverMessage.Call;
import dev.rigbus.kernel.call.DriverMessage.Cancel;
import dev.rigbus.kernel.call.DriverMessage.Credit;
import dev.rigbus.kernel.call.DriverMessage.Expire;
import dev.rigbus.kernel.call.DriverMessage.Id;
import dev.rigbus.kernel.call.DriverMessage.Items;
import dev.rigbus.kernel.call.DriverMessage.Logged;
import dev.rigbus.kernel.call.DriverMessage.OpenItems;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.host.DriverThreads;
import dev.rigbus.kernel.nodes.NodeOutpost.Grant;
import dev.rigbus.kernel.pump.RawStream;
import dev.rigbus.kernel.session.LogEntry;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.DriverTree;
import dev.rigbus.kernel.tree.Posts;
import dev.rigbus.wire.DriverInstanceReport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drivers that run here for an exporter of another node. They are used only while that node grants it, which is asked for every second; when
 * the grant has run out whatever is under way is cut. Belongs to one context.
 */
final class Hosting {
    private static final Logger log = LoggerFactory.getLogger(Hosting.class);
    private static final long ASK_MILLIS = 1000;
    private static final long WATCH_MILLIS = 200;
    private static final long LOG_MILLIS = 10;

    /** An exporter that nobody has heard of for so long does not keep devices open. */
    private static final Duration FORSAKEN = Duration.ofSeconds(60);

    private static final String NOT_GRANTED = "the exporter's node cannot be reached from the one with this driver";

    private final Vertx vertx;
    private final EventBus bus;
    private final Context home;
    private final String self;
    private final String id;
    private final JsonObject order;
    private final DriverCatalog catalog;
    private final Pickups pickups;
    private final Consumer<String> ended;
    private final LogHub logs = new LogHub();
    private final LogHub.Reader lines;
    private final ExecutorService threads = DriverThreads.create();
    private final Promise<JsonObject> reports = Promise.promise();
    private final String endpoint;
    private @Nullable Way way;
    private Way.@Nullable Ear ear;
    private @Nullable DriverTree tree;
    private @Nullable MessageConsumer<Items> consumer;
    private @Nullable Future<Void> ending;
    private long asking = -1;
    private long watching = -1;
    private volatile long until = System.nanoTime();
    private long heard = System.nanoTime();
    private volatile boolean granted;
    private boolean asked;

    /** @param ended told the id when nothing is left of it */
    Hosting(
            Vertx vertx,
            String self,
            String id,
            JsonObject order,
            DriverCatalog catalog,
            Pickups pickups,
            Consumer<String> ended) {
        this.vertx = vertx;
        this.bus = vertx.eventBus();
        this.home = ((VertxInternal) vertx).createEventLoopContext();
        this.self = self;
        this.id = id;
        this.order = order;
        this.catalog = catalog;
        this.pickups = pickups;
        this.ended = ended;
        this.endpoint = Addresses.endpoint("hosting-" + id);
        // Lines wait for others: one message for each would cost calls a fourth of their rate.
        this.lines = logs.read(() -> home.runOnContext(v -> vertx.setTimer(LOG_MILLIS, timer -> passLogsOn())));
    }

    private String exporter() {
        return order.getString("exporter");
    }

    boolean isEarlierOf(Hosting other) {
        return what().equals(other.what());
    }

    private List<String> what() {
        return List.of(order.getString("owner"), exporter(), order.getString("where"));
    }

    /** Of the drivers, once they run. */
    Future<JsonObject> reports() {
        return reports.future();
    }

    private <T> Future<T> onHome(Supplier<Future<T>> task) {
        return Home.on(home, task);
    }

    Future<JsonObject> start() {
        // No device is touched before it is sure that the exporter wants this.
        onHome(() -> ask().compose(v -> granted ? run() : Future.failedFuture(ungranted())))
                .onSuccess(reports::tryComplete)
                .onFailure(cause -> end("it does not start").onComplete(done -> reports.tryFail(cause)));
        return reports();
    }

    private static DriverException ungranted() {
        return new DriverException(Reason.UNAVAILABLE, NOT_GRANTED);
    }

    private Future<JsonObject> run() {
        Posts posts = Posts.of(order);
        // From here on: devices may take longer to start than a grant lasts.
        asking = vertx.setPeriodic(ASK_MILLIS, timer -> ask());
        watching = vertx.setPeriodic(WATCH_MILLIS, timer -> watch());
        return vertx.executeBlocking(
                        () -> DriverTree.start(vertx, posts.exporter(), catalog, logs, threads, pickups, posts.uuids()),
                        false)
                .compose(starting -> starting)
                .compose(made -> {
                    if (ending != null) {
                        return made.stop().compose(v -> Future.<JsonObject>failedFuture("it is not wanted any more"));
                    }
                    tree = made;
                    MessageConsumer<Items> items = bus.localConsumer(endpoint, message -> pass(message.body()));
                    consumer = items;
                    return items.completion().map(v -> json(made));
                })
                .onSuccess(v -> log.atInfo()
                        .addKeyValue("exporter", exporter())
                        .log(
                                "drivers of node {} run here: {}",
                                order.getString("owner"),
                                posts.exporter().export().keySet()));
    }

    /** The first is what holds the drivers together here, which is none of the exporter's. */
    private static JsonObject json(DriverTree tree) {
        JsonArray all = new JsonArray();
        tree.reports().stream().skip(1).map(DriverInstanceReport::toByteArray).forEach(all::add);
        return new JsonObject().put("reports", all);
    }

    private Future<Void> ask() {
        if (asked) {
            return Future.succeededFuture();
        }
        asked = true;
        long since = System.nanoTime();
        DeliveryOptions options = new DeliveryOptions().setSendTimeout(NodeOutpost.GRANT.toMillis() / 2);
        return bus.<String>request(Addresses.outpost(id), new JsonObject().put("node", self), options)
                .onComplete(done -> {
                    asked = false;
                    answered(done.succeeded() ? Grant.valueOf(done.result().body()) : null, since);
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void answered(@Nullable Grant said, long since) {
        // What has run out is cut, whatever may be done from now on.
        watch();
        if (said == Grant.YES) {
            heard = since;
            until = since + NodeOutpost.GRANT.toNanos();
            granted = true;
        } else if (said == Grant.NEVER) {
            end("its exporter has it elsewhere");
        } else if (said == null && System.nanoTime() - heard > FORSAKEN.toNanos()) {
            end("nothing was heard of its exporter");
        }
    }

    private boolean mayUse() {
        return granted && System.nanoTime() - until < 0;
    }

    private void watch() {
        if (granted && !mayUse()) {
            granted = false;
            log.atWarn().addKeyValue("exporter", exporter()).log("{}; its drivers are not used", NOT_GRANTED);
            if (tree != null) {
                tree.uuids()
                        .forEach(driver ->
                                bus.send(Addresses.driver(driver), new Expire(NOT_GRANTED), ByReference.OPTIONS));
            }
        }
    }

    boolean isOf(String node) {
        return node.equals(order.getString("owner"));
    }

    /** The exporter's node has connected; on the event loop of the stream. */
    void join(RawStream stream) {
        // Answers come back to the event loop of the line.
        ContextInternal context = ((VertxInternal) vertx)
                .contextBuilder()
                .withEventLoop(stream.eventLoop())
                .build();
        Line line = Line.on(
                stream,
                message -> {
                    ContextInternal before = context.beginDispatch();
                    try {
                        return asked(message);
                    } finally {
                        context.endDispatch(before);
                    }
                },
                this::told);
        use(line, line::push);
    }

    /** The same for an exporter of this node. */
    Way way(Way.Ear there) {
        Way direct = new Direct();
        use(direct, there);
        return direct;
    }

    private void use(Way now, Way.Ear there) {
        Way before;
        synchronized (this) {
            before = way;
            way = now;
            ear = there;
        }
        if (before != null) {
            before.close();
        }
        home.runOnContext(v -> passLogsOn());
    }

    /** Items of the drivers, on their way to who has asked for them. */
    private void pass(Items items) {
        Way.Ear to;
        synchronized (this) {
            to = ear;
        }
        if (to != null) {
            to.heard(items);
        }
    }

    private Future<Object> asked(Object message) {
        Afar afar = (Afar) message;
        if (!mayUse()) {
            return Future.failedFuture(ungranted());
        }
        return bus.<Object>request(Addresses.driver(afar.driver()), here(afar.message()), ByReference.OPTIONS)
                .map(Message::body);
    }

    private void told(Object message) {
        Afar afar = (Afar) message;
        bus.send(Addresses.driver(afar.driver()), here(afar.message()), ByReference.OPTIONS);
    }

    /** Items come back to this side first. */
    private DriverMessage here(DriverMessage message) {
        if (message instanceof OpenItems open) {
            return new OpenItems(here(open.id()), open.fence(), open.method(), open.args(), open.credit());
        }
        return message instanceof Credit credit
                ? new Credit(here(credit.id()), credit.items())
                : message instanceof Cancel cancel
                        ? new Cancel(here(cancel.id()))
                        : message instanceof Call call
                                ? new Call(here(call.id()), call.fence(), call.method(), call.args())
                                : message;
    }

    /** Calls and streaming calls of the exporter are told apart by both, so that two of them never are one here. */
    private Id here(Id there) {
        return there.endpoint().equals(id) ? new Id(endpoint, there.number()) : there;
    }

    /** The way within a node. */
    private final class Direct implements Way {
        private final Promise<Void> lost = Promise.promise();

        @Override
        @SuppressWarnings("unchecked") // the protocol says what answers what
        public <T> Future<T> ask(ContextInternal context, Afar message) {
            Promise<T> answer = context.promise();
            asked(message).onSuccess(done -> answer.complete((T) done)).onFailure(answer::fail);
            return answer.future();
        }

        @Override
        public void tell(Afar message) {
            told(message);
        }

        @Override
        public Future<Void> lost() {
            return lost.future();
        }

        @Override
        public void close() {
            lost.tryComplete();
        }
    }

    /** Without a way the newest lines wait. */
    private void passLogsOn() {
        Way.Ear to;
        synchronized (this) {
            to = ear;
        }
        if (to == null) {
            return;
        }
        for (LogEntry line = lines.poll(); line != null; line = lines.poll()) {
            to.heard(new Logged(
                    line.time().toEpochMilli(),
                    line.severity(),
                    line.message(),
                    line.source().name()));
        }
    }

    /** Stops the drivers, once; complete when they have let go of their devices. */
    Future<Void> end(String why) {
        return onHome(() -> {
            if (ending == null) {
                log.atInfo().addKeyValue("exporter", exporter()).log("drivers that ran here are stopped: {}", why);
                vertx.cancelTimer(asking);
                vertx.cancelTimer(watching);
                Future<Void> quiet = consumer == null ? Future.succeededFuture() : consumer.unregister();
                // What waits for other lines does so no longer.
                passLogsOn();
                Way last;
                synchronized (this) {
                    last = way;
                    way = null;
                    ear = null;
                }
                if (last != null) {
                    last.close();
                }
                ending = quiet.transform(v -> tree == null ? Future.<Void>succeededFuture() : tree.stop())
                        .onComplete(done -> {
                            threads.shutdownNow();
                            ended.accept(id);
                        })
                        .otherwiseEmpty();
            }
            return ending;
        });
    }
}
