package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.kernel.ports.RecordStore;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;

/** The records of a running node. */
public final class OpenStore {
    private final RecordStore records;
    private final AuditLog audit;
    private final Function<Path, Future<Path>> backup;
    private final Supplier<Future<Void>> probe;
    private final Supplier<Future<Void>> close;

    OpenStore(
            RecordStore records,
            AuditLog audit,
            Function<Path, Future<Path>> backup,
            Supplier<Future<Void>> probe,
            Supplier<Future<Void>> close) {
        this.records = records;
        this.audit = audit;
        this.backup = backup;
        this.probe = probe;
        this.close = close;
    }

    public RecordStore records() {
        return records;
    }

    public AuditLog audit() {
        return audit;
    }

    /**
     * Writes what this node's file holds at this instant to a file that only its owner can read; replaces one that is there, at once or not at
     * all. Where the lab has PostgreSQL that is the audit and what one node alone writes; the rest is the database's to back up.
     */
    public Future<Path> backup(Path target) {
        return backup.apply(target);
    }

    /** Writes to this node's disk and changes nothing; fails if the disk takes nothing. */
    public Future<Void> probe() {
        return probe.get();
    }

    /** Complete when everything that was asked for is on the disk and the data directory is free for another. */
    public Future<Void> close() {
        return close.get();
    }
}
