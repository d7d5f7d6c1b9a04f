package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.kernel.ports.StoredRecord;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes one transaction, and one wait for the disk, of all changes that wait. A change is decided on the records as those before it leave
 * them; memory is changed when the disk has everything, so that both always hold the same.
 */
final class GroupCommit {
    private static final int MOST_AT_ONCE = 1024;

    /** Decides and writes one change; runs on the writer's thread. */
    @FunctionalInterface
    interface Change<T> {
        T apply(Transaction transaction) throws SQLException;
    }

    private record Waiting<T>(Change<T> change, Answer<T> answer) {
        /** What is to be said once the transaction is on the disk. A change that is refused takes nothing else with it. */
        Runnable apply(Transaction transaction) throws SQLException {
            try {
                T result = change.apply(transaction);
                return () -> answer.complete(result);
            } catch (RuntimeException refused) {
                return () -> answer.fail(refused);
            }
        }
    }

    private final LabFile file;
    private final RecordTable table;
    private final Executor writer;
    private final Executor answers;
    private final Consumer<StoredRecord> changed;
    private final Queue<Waiting<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    GroupCommit(LabFile file, RecordTable table, Executor writer, Executor answers, Consumer<StoredRecord> changed) {
        this.file = file;
        this.table = table;
        this.writer = writer;
        this.answers = answers;
        this.changed = changed;
    }

    <T> Future<T> submit(Change<T> change) {
        if (closed) {
            return Future.failedFuture(new StoreUnavailableException("this node of the lab is shutting down"));
        }
        Answer<T> answer = new Answer<>(answers);
        queue.add(new Waiting<>(change, answer));
        wake();
        return answer.future();
    }

    private void wake() {
        if (!queue.isEmpty() && running.compareAndSet(false, true)) {
            try {
                writer.execute(this::drain);
            } catch (RejectedExecutionException e) {
                running.set(false);
                failAll();
            }
        }
    }

    private void drain() {
        do {
            List<Waiting<?>> batch = new ArrayList<>();
            for (Waiting<?> next; batch.size() < MOST_AT_ONCE && (next = queue.poll()) != null; ) {
                batch.add(next);
            }
            commit(batch);
        } while (!queue.isEmpty());
        running.set(false);
        wake(); // for what came in between
    }

    private void commit(List<Waiting<?>> batch) {
        Transaction transaction = new Transaction();
        List<Runnable> said = new ArrayList<>(batch.size());
        try {
            for (Waiting<?> waiting : batch) {
                said.add(waiting.apply(transaction));
            }
            file.commit();
        } catch (SQLException | RuntimeException e) {
            file.rollback();
            StoreUnavailableException trouble = file.trouble(e);
            batch.forEach(waiting -> waiting.answer().fail(trouble));
            return;
        }
        transaction.publish();
        said.forEach(Runnable::run);
    }

    /** No more changes; those that wait are still made. */
    void close() {
        closed = true;
    }

    private void failAll() {
        StoreUnavailableException closing = new StoreUnavailableException("this node of the lab is shutting down");
        for (Waiting<?> next; (next = queue.poll()) != null; ) {
            next.answer().fail(closing);
        }
    }

    /** The records as they will be when everything of this transaction is on the disk. */
    final class Transaction {
        private final Map<Key, StoredRecord> pending = new LinkedHashMap<>();
        private final List<StoredRecord> dropped = new ArrayList<>();

        @Nullable
        StoredRecord current(Key key) {
            StoredRecord changed = pending.get(key);
            return changed != null ? changed : table.get(key);
        }

        void put(StoredRecord record) throws SQLException {
            file.put(record);
            pending.put(Key.of(record), record);
        }

        void drop(StoredRecord record) throws SQLException {
            file.drop(record);
            dropped.add(record);
        }

        Collection<StoredRecord> all() {
            return table.all();
        }

        LabFile file() {
            return file;
        }

        private void publish() {
            dropped.forEach(table::remove);
            pending.values().forEach(table::put);
            pending.values().forEach(changed);
        }
    }
}
