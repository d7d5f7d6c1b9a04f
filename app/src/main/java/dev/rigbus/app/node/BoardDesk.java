package dev.rigbus.app.node;

import dev.rigbus.app.config.NodeConfig;
import dev.rigbus.app.node.Boards.Outcome;
import dev.rigbus.app.node.Boards.Source;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.admin.LabBoards;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exporters that are applied from afar: any node takes the wish, the one that is meant carries it out, and once it has, it stands in the
 * lab's records. Safe to use from any thread.
 */
final class BoardDesk implements LabBoards {
    private static final Logger log = LoggerFactory.getLogger(BoardDesk.class);
    private static final long ANSWER_MILLIS = 120_000;

    private final Vertx vertx;
    private final Cluster cluster;
    private final RecordStore records;
    private final LabView view;
    private final Boards boards;
    private final String namespace;
    private @Nullable MessageConsumer<JsonObject> consumer;
    private RecordStore.@Nullable Registration watch;

    /** @param namespace of what names none */
    BoardDesk(Vertx vertx, Cluster cluster, RecordStore records, LabView view, Boards boards, String namespace) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.records = records;
        this.view = view;
        this.boards = boards;
        this.namespace = namespace;
    }

    private static String address(String node) {
        return "node/" + node + "/boards";
    }

    /** Starts what was applied to this node earlier, and takes wishes from now on. */
    Future<Void> start() {
        for (StoredRecord record : records.all(Definition.KIND)) {
            Definition definition = definition(record);
            if (definition != null && definition.node().equals(cluster.self())) {
                vertx.executeBlocking(definition::board, false)
                        .compose(board -> boards.keep(board, Source.RECORDS))
                        .onFailure(cause -> log.atError()
                                .addKeyValue("exporter", record.key())
                                .log("what was applied cannot be started: {}", cause.getMessage()));
            }
        }
        watch = records.watch(Definition.KIND, record -> look(record.key()));
        MessageConsumer<JsonObject> made = vertx.eventBus().consumer(address(cluster.self()), this::asked);
        consumer = made;
        return made.completion();
    }

    private static @Nullable Definition definition(@Nullable StoredRecord record) {
        return record == null || record.value() == null ? null : Definition.of(new JsonObject(record.value()));
    }

    /** What was applied here may be taken away, or be another node's now. */
    private void look(String key) {
        Definition now = definition(records.get(Definition.KIND, key));
        if (now == null || !now.node().equals(cluster.self())) {
            boards.remove(ObjectName.ofKey(key), Source.RECORDS)
                    .onFailure(cause -> log.atError()
                            .addKeyValue("exporter", key)
                            .log("could not be taken away: {}", cause.getMessage()));
        }
    }

    void close() {
        if (watch != null) {
            watch.cancel();
        }
        if (consumer != null) {
            consumer.unregister();
        }
    }

    @Override
    public Future<Applied> apply(Wish wish) {
        String space = wish.namespace().isEmpty() ? namespace : wish.namespace();
        Definition draft = new Definition("", wish.file(), wish.text(), space, wish.labels());
        return vertx.executeBlocking(draft::board, false).compose(board -> {
            ObjectName name = Boards.name(board);
            String node = wish.node().isEmpty() ? nodeOf(name) : wish.node();
            if (!cluster.members().contains(node)) {
                return Future.failedFuture(new StatusException(
                        Code.UNAVAILABLE, "node " + node + " cannot be reached; see `rigbus get nodes`"));
            }
            JsonObject order = new Definition(node, wish.file(), wish.text(), space, wish.labels()).json();
            return vertx.eventBus()
                    .<String>request(address(node), order, new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
                    .map(reply -> new Applied(name, node, reply.body()))
                    .recover(cause -> Future.failedFuture(inWords(node, cause)));
        });
    }

    private static Throwable inWords(String node, Throwable cause) {
        boolean unheard = cause instanceof ReplyException e && e.failureType() != ReplyFailure.RECIPIENT_FAILURE;
        return unheard
                ? new StatusException(Code.UNAVAILABLE, "node " + node + " does not answer")
                : new StatusException(Failures.status(cause));
    }

    /** Where it is already, else here. */
    private String nodeOf(ObjectName name) {
        Definition known = definition(records.get(Definition.KIND, name.key()));
        Exporter exporter = view.exporter(name);
        String node = known != null ? known.node() : exporter == null ? null : exporter.node();
        return node == null ? cluster.self() : node;
    }

    private void asked(Message<JsonObject> message) {
        vertx.executeBlocking(() -> carryOut(Definition.of(message.body())), false)
                .compose(carried -> carried)
                .onSuccess(outcome -> message.reply(outcome.name().toLowerCase(Locale.ROOT)))
                .onFailure(cause -> {
                    var failure = Failures.failure(cause);
                    message.fail(failure.code(), failure.text());
                });
    }

    private Future<Outcome> carryOut(Definition wanted) {
        List<String> faults = wanted.faults(boards.catalog());
        if (!faults.isEmpty()) {
            return Future.failedFuture(new StatusException(Code.INVALID_ARGUMENT, String.join("\n", faults)));
        }
        NodeConfig.Board board = wanted.board();
        ObjectName name = Boards.name(board);
        StoredRecord stored = records.get(Definition.KIND, name.key());
        Definition known = definition(stored);
        Exporter exporter = view.exporter(name);
        if (exporter != null && exporter.node() == null) {
            return refused("exporter " + name.name() + " runs by itself and has a token; `rigbus admin delete exporter "
                    + name.name() + "` takes it away");
        }
        String other = exporter == null ? null : exporter.node();
        if (other != null && !other.equals(cluster.self())) {
            return refused("exporter " + name.name() + " is on node " + other + "; `rigbus delete exporter "
                    + name.name() + "` takes it away from there");
        }
        // Who says nothing about labels leaves them as they are.
        Map<String, String> labels = wanted.labels().isEmpty() && known != null ? known.labels() : wanted.labels();
        Definition kept = wanted.with(labels);
        return boards.apply(kept.board(), Source.RECORDS)
                .compose(outcome -> kept.equals(known)
                        ? Future.succeededFuture(outcome)
                        : records.write(
                                        Definition.KIND,
                                        name.key(),
                                        stored == null || stored.value() == null ? 0 : stored.version(),
                                        kept.json().encode())
                                .map(outcome)
                                .recover(cause -> undone(name, known).transform(v -> Future.failedFuture(cause))));
    }

    /** What the lab cannot remember is not to be there either. */
    private Future<?> undone(ObjectName name, @Nullable Definition known) {
        return known == null ? boards.remove(name, Source.RECORDS) : boards.apply(known.board(), Source.RECORDS);
    }

    private static Future<Outcome> refused(String why) {
        return Future.failedFuture(new StatusException(Code.FAILED_PRECONDITION, why));
    }

    @Override
    public boolean isApplied(ObjectName exporter) {
        return definition(records.get(Definition.KIND, exporter.key())) != null;
    }

    @Override
    public Future<Void> forget(ObjectName exporter) {
        StoredRecord stored = records.get(Definition.KIND, exporter.key());
        return definition(stored) == null || stored == null
                ? Future.succeededFuture()
                : records.write(Definition.KIND, exporter.key(), stored.version(), null)
                        .mapEmpty();
    }
}
