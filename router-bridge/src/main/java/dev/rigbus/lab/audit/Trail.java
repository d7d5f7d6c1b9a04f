package dev.rigbus.lab.audit;

import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.Cluster;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what is done to the lab, and what is refused. Safe to use from any thread. */
public final class Trail {
    /** The outcome of what was done. */
    public static final String OK = "ok";

    /** The actor of what the lab does by its own rules. */
    public static final String LAB = "lab";

    private static final Logger log = LoggerFactory.getLogger(Trail.class);

    private final AuditLog audit;
    private final Cluster cluster;

    public Trail(AuditLog audit, Cluster cluster) {
        this.audit = audit;
        this.cluster = cluster;
    }

    /**
     * Does something and writes it down. Who asked hears of it when both are done: the entry goes to the disk of this node with whatever else
     * is on its way there, which costs little beside the write that it tells of.
     */
    public <T> Future<T> of(
            String actor, String action, String object, Map<String, String> detail, Supplier<Future<T>> deed) {
        // compose() turns a throw into a failed future.
        return Future.succeededFuture()
                .compose(v -> deed.get())
                .transform(done -> note(actor, action, object, outcome(done.cause()), detail)
                        .transform(written -> done.succeeded()
                                ? Future.succeededFuture(done.result())
                                : Future.failedFuture(done.cause())));
    }

    /** Writes down what has been done already; complete when it is on the disk. */
    public Future<Void> note(String actor, String action, String object, String outcome, Map<String, String> detail) {
        AuditLog.Entry entry =
                new AuditLog.Entry(cluster.time(), cluster.self(), actor, action, object, outcome, detail);
        return audit.append(entry)
                .onFailure(cause -> log.atError()
                        .addKeyValue("action", action)
                        .addKeyValue("object", object)
                        .log("not in the audit: {}", cause.toString()));
    }

    /** How a deed came out, as an entry tells it. */
    public static String outcome(@Nullable Throwable failure) {
        return failure == null ? OK : Failures.status(failure).text();
    }
}
