package dev.rigbus.lab.admin;

import dev.rigbus.kernel.call.Failures;
import dev.rigbus.kernel.ports.AuditLog;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what administrators do, and what they were refused. */
final class Trail {
    private static final Logger log = LoggerFactory.getLogger(Trail.class);

    private final Lab lab;

    Trail(Lab lab) {
        this.lab = lab;
    }

    /** Does something and writes it down; who asked hears of it when both are done. */
    <T> Future<T> of(String actor, String action, String object, Map<String, String> detail, Supplier<Future<T>> deed) {
        // compose() turns a throw into a failed future.
        return Future.succeededFuture()
                .compose(v -> deed.get())
                .transform(done -> append(actor, action, object, detail, outcome(done.cause()))
                        .transform(written -> done.succeeded()
                                ? Future.succeededFuture(done.result())
                                : Future.failedFuture(done.cause())));
    }

    private Future<Void> append(
            String actor, String action, String object, Map<String, String> detail, String outcome) {
        AuditLog.Entry entry =
                new AuditLog.Entry(lab.cluster().time(), lab.cluster().self(), actor, action, object, outcome, detail);
        return lab.audit()
                .append(entry)
                .onFailure(cause -> log.atError()
                        .addKeyValue("action", action)
                        .addKeyValue("object", object)
                        .log("not in the audit: {}", cause.toString()));
    }

    private static String outcome(@org.jspecify.annotations.Nullable Throwable failure) {
        return failure == null ? "ok" : Failures.status(failure).text();
    }
}
