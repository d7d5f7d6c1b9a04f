package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the lab's records. Nothing here blocks the caller. */
public final class RecordStores {
    /** The records of a node, in its data directory. */
    public static final String FILE = "lab.db";

    /** What a node knows of the lab's PostgreSQL, in its data directory. */
    static final String COPY = "database.db";

    private RecordStores() {}

    /**
     * Opens the records of a node, and makes them where there are none.
     *
     * @param vertx clustered, or absent for a lab of one node
     * @param database the lab's PostgreSQL, where it has one
     * @param rules for kinds whose copies are not simply replaced by the newest
     * @return fails with a {@link StoreUnavailableException} that tells a user what is wrong
     */
    public static Future<OpenStore> open(
            Path dir,
            Cluster cluster,
            @Nullable Vertx vertx,
            @Nullable DatabaseConfig database,
            Map<String, RecordMerge> rules) {
        return NodeFile.open(dir.resolve(FILE), cluster::time)
                .compose(file -> orClose(node(file, cluster, vertx, rules), file::close)
                        .compose(node -> database == null
                                ? Future.succeededFuture(node)
                                : orClose(withDatabase(dir, cluster, database, file, node), node::close)));
    }

    /** Whoever hears that it failed finds everything closed. */
    private static <T> Future<T> orClose(Future<T> opening, Supplier<Future<Void>> close) {
        return opening.recover(cause -> close.get().transform(closed -> Future.failedFuture(cause)));
    }

    private static Future<OpenStore> node(
            NodeFile file, Cluster cluster, @Nullable Vertx vertx, Map<String, RecordMerge> rules) {
        LocalAudit entries = file.audit();
        if (vertx == null) {
            return Future.succeededFuture(new OpenStore(
                    file.records(),
                    new LabAudit(entries, null, cluster),
                    file::backup,
                    file.records()::probe,
                    file::close));
        }
        Peers peers = new BusPeers(vertx, cluster.self());
        LabAudit audit = new LabAudit(entries, peers, cluster);
        ReplicatedRecords records = new ReplicatedRecords(
                file.records(), cluster, peers, file.threads(), new SecureRandom()::nextLong, rules, audit::answer);
        return records.start()
                .map(v -> new OpenStore(
                        records,
                        audit,
                        file::backup,
                        file.records()::probe,
                        () -> records.close().eventually(file::close)));
    }

    private static Future<OpenStore> withDatabase(
            Path dir, Cluster cluster, DatabaseConfig config, NodeFile file, OpenStore node) {
        return NodeFile.open(dir.resolve(COPY), cluster::time).compose(copy -> {
            StoreThreads threads = copy.threads();
            Future<OpenStore> opening = threads.errand(() -> connect(cluster, config, file, copy, node.records()))
                    .map(records -> new OpenStore(
                            records,
                            node.audit(),
                            node::backup,
                            node::probe,
                            () -> threads.errand(records::close)
                                    .<Void>mapEmpty()
                                    .eventually(copy::close)
                                    .eventually(node::close)));
            return orClose(opening, copy::close);
        });
    }

    private static PostgresRecords connect(
            Cluster cluster, DatabaseConfig config, NodeFile file, NodeFile copy, RecordStore owned) throws Exception {
        Database database = new Database(config);
        DatabaseFollower follower = new DatabaseFollower(
                database,
                copy.records(),
                () -> file.records().table().all().stream()
                        .filter(record -> !config.localKinds().contains(record.kind()))
                        .toList(),
                cluster::time);
        try {
            follower.start();
        } catch (SQLException e) {
            database.close();
            throw new StoreUnavailableException("the lab's database refuses user " + config.user() + " at "
                    + config.url() + ": " + Database.reason(e));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        return new PostgresRecords(
                database, follower, copy.records(), owned, config.localKinds(), copy.threads(), cluster::time);
    }
}
