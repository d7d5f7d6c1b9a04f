package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens the lab's records. Nothing here blocks the caller. */
public final class RecordStores {
    /** The records of a node, in its data directory. */
    public static final String FILE = "lab.db";

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
        StoreThreads threads = new StoreThreads();
        Answer<OpenStore> answer = new Answer<>(threads.watching());
        threads.errand(() -> LabFile.open(dir.resolve(FILE)))
                .compose(file -> threads.errand(() -> local(file, cluster, threads))
                        .compose(records -> open(file, records, cluster, vertx, threads, rules))
                        .onFailure(e -> file.close()))
                .onSuccess(answer::complete)
                .onFailure(e -> {
                    answer.fail(e);
                    threads.stop();
                });
        return answer.future();
    }

    private static LocalRecords local(LabFile file, Cluster cluster, StoreThreads threads) {
        LocalRecords records =
                new LocalRecords(file, cluster::time, threads.writer(), threads, threads.watching());
        purgeDaily(records, threads);
        return records;
    }

    private static Future<OpenStore> open(
            LabFile file,
            LocalRecords local,
            Cluster cluster,
            @Nullable Vertx vertx,
            StoreThreads threads,
            Map<String, RecordMerge> rules) {
        LocalAudit entries = new LocalAudit(file, local, threads::errand);
        Function<Path, Future<Path>> backup = target -> threads.errand(() -> Backup.write(file, target));
        Supplier<Future<Void>> close = () -> {
            local.close();
            return threads.last(file::close);
        };
        if (vertx == null) {
            return Future.succeededFuture(
                    new OpenStore(local, new LabAudit(entries, null, cluster), backup, close));
        }
        Peers peers = new BusPeers(vertx, cluster.self());
        LabAudit audit = new LabAudit(entries, peers, cluster);
        ReplicatedRecords records = new ReplicatedRecords(
                local, cluster, peers, threads, new SecureRandom()::nextLong, rules, audit::answer);
        return records.start()
                .map(v -> new OpenStore(
                        records, audit, backup, () -> records.close().eventually(close::get)));
    }

    private static void purgeDaily(LocalRecords records, StoreThreads threads) {
        records.purge();
        threads.after(Duration.ofDays(1), () -> purgeDaily(records, threads));
    }
}
