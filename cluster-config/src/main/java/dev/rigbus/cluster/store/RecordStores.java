package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
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
        return threads.errand(() -> openLocal(dir, cluster, threads)).onFailure(e -> threads.stop());
    }

    private static OpenStore openLocal(Path dir, Cluster cluster, StoreThreads threads) {
        LabFile file = LabFile.open(dir.resolve(FILE));
        try {
            LocalRecords records = new LocalRecords(file, cluster::time, threads.writer(), threads, threads.watching());
            purgeDaily(records, threads);
            LocalAudit audit = new LocalAudit(file, records, threads::errand);
            return new OpenStore(
                    records,
                    new AuditOfOne(audit),
                    target -> threads.errand(() -> Backup.write(file, target)),
                    () -> close(records, threads, file));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void purgeDaily(LocalRecords records, StoreThreads threads) {
        records.purge();
        threads.after(Duration.ofDays(1), () -> purgeDaily(records, threads));
    }

    private static Future<Void> close(LocalRecords records, StoreThreads threads, LabFile file) {
        records.close();
        return threads.last(file::close);
    }

    /** The audit of a lab of one node. */
    private record AuditOfOne(LocalAudit local) implements AuditLog {
        @Override
        public Future<Void> append(Entry entry) {
            return local.append(entry);
        }

        @Override
        public Future<Page> read(long from, long until, int limit) {
            return local.read(from, until, limit).map(entries -> new Page(entries, Set.of()));
        }
    }
}
