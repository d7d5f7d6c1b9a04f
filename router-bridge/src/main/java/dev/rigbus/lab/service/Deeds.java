package dev.rigbus.lab.service;

import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import io.vertx.core.Future;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what clients and exporters ask for, and tells of it in the audit and the log, also if it is refused. Reading changes nothing and is told
 * nowhere.
 */
final class Deeds {
    private static final Logger log = LoggerFactory.getLogger(Deeds.class);

    private final Trail trail;
    private final LabView view;

    Deeds(Trail trail, LabView view) {
        this.trail = trail;
        this.view = view;
    }

    /**
     * A client asks for a lease.
     *
     * @param id empty if the lab chooses one
     */
    Future<Lease> create(Client client, String id, Supplier<Future<Lease>> deed) {
        ObjectName[] name = {new ObjectName(client.name().namespace(), id.isEmpty() ? "(new)" : id)};
        return Future.succeededFuture().compose(v -> deed.get()).transform(done -> {
            if (done.succeeded()) {
                name[0] = done.result().name();
            }
            Map<String, String> detail = done.succeeded() ? wish(done.result()) : Map.of();
            return lease(
                    client,
                    "lease.create",
                    name[0],
                    detail,
                    () -> done.succeeded() ? Future.succeededFuture(done.result()) : Future.failedFuture(done.cause()));
        });
    }

    private static Map<String, String> wish(Lease lease) {
        Map<String, String> wish = new TreeMap<>();
        if (!lease.wish().shown().isEmpty()) {
            wish.put("selector", lease.wish().shown());
        }
        if (lease.wish().exporter() != null) {
            wish.put("wanted", lease.wish().exporter());
        }
        return wish;
    }

    /** A client does something to a lease. */
    <T> Future<T> lease(
            Client client, String action, ObjectName lease, Map<String, String> detail, Supplier<Future<T>> deed) {
        Map<String, String> all = new TreeMap<>(detail);
        Lease known = view.lease(lease);
        Lease.Grant grant = known == null ? null : known.grant();
        if (grant != null) {
            all.put("exporter", grant.exporter());
        }
        return trail.of("client " + client.name().key(), action, "lease " + lease.key(), all, deed)
                .onComplete(done -> log.atInfo()
                        .addKeyValue("lease", lease)
                        .addKeyValue("exporter", grant == null ? "none" : lease.namespace() + "/" + grant.exporter())
                        .addKeyValue("client", client.name())
                        .log("{}: {}", action, Trail.outcome(done.cause())));
    }

    /** A client does something to itself. */
    <T> Future<T> self(Client client, String action, Supplier<Future<T>> deed) {
        String self = "client " + client.name().key();
        return trail.of(self, action, self, Map.of(), deed)
                .onComplete(done -> log.atInfo()
                        .addKeyValue("client", client.name())
                        .log("{}: {}", action, Trail.outcome(done.cause())));
    }

    /** An exporter does something to itself. */
    <T> Future<T> self(Exporter exporter, String action, Supplier<Future<T>> deed) {
        String self = "exporter " + exporter.name().key();
        return trail.of(self, action, self, Map.of(), deed)
                .onComplete(done -> log.atInfo()
                        .addKeyValue("exporter", exporter.name())
                        .log("{}: {}", action, Trail.outcome(done.cause())));
    }
}
