package dev.rigbus.cluster.store;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;

/** An open file with its records and the threads that serve it. */
final class NodeFile {
    private final LabFile file;
    private final LocalRecords records;
    private final StoreThreads threads;

    private NodeFile(LabFile file, LongSupplier time, StoreThreads threads) {
        this.file = file;
        this.threads = threads;
        this.records = new LocalRecords(file, time, threads.writer(), threads, threads.watching());
        purgeDaily();
    }

    static Future<NodeFile> open(Path path, LongSupplier time) {
        StoreThreads threads = new StoreThreads();
        return threads.errand(() -> {
                    LabFile file = LabFile.open(path);
                    try {
                        return new NodeFile(file, time, threads);
                    } catch (RuntimeException e) {
                        file.close();
                        throw e;
                    }
                })
                .onFailure(e -> threads.stop());
    }

    private void purgeDaily() {
        records.purge();
        threads.after(Duration.ofDays(1), this::purgeDaily);
    }

    LocalRecords records() {
        return records;
    }

    StoreThreads threads() {
        return threads;
    }

    LocalAudit audit() {
        return new LocalAudit(file, records, threads::errand);
    }

    Future<Path> backup(Path target) {
        return threads.errand(() -> Backup.write(file, target));
    }

    /** May be asked for more than once. */
    Future<Void> close() {
        records.close();
        return threads.last(file::close);
    }
}
