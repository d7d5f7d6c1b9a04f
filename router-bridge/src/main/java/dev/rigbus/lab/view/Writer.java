package dev.rigbus.lab.view;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.RecordStore.ConflictException;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import io.vertx.core.Future;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes the records of one kind. Each change starts from what stands there and counts only if that is still so; else it is tried again
 * from what stands there then. Refusals are {@link StatusException}s with the wire's texts; a store that cannot write fails as it does.
 */
public final class Writer<T> {
    /** So often others may be first; each time one of them got on, so it takes a crowd to get here. */
    private static final int MOST_ATTEMPTS = 50;

    private final RecordStore store;
    private final String kind;
    private final String collection;
    private final Class<T> type;
    private final Function<T, ObjectName> name;
    private final BiConsumer<String, ObjectName> written;

    /** @param written hears the kind and the name of all that was written, before who asked for it does */
    Writer(
            RecordStore store,
            String kind,
            String collection,
            Class<T> type,
            Function<T, ObjectName> name,
            BiConsumer<String, ObjectName> written) {
        this.store = store;
        this.kind = kind;
        this.collection = collection;
        this.type = type;
        this.name = name;
        this.written = written;
    }

    /** Fails if there is one of that name. */
    public Future<T> create(T value) {
        ObjectName of = name.apply(value);
        return store.write(kind, of.key(), 0, Records.write(value))
                .onSuccess(done -> written.accept(kind, of))
                .map(value)
                .recover(cause -> Future.failedFuture(
                        cause instanceof ConflictException ? refused(of, "already exists") : cause));
    }

    /**
     * Fails if there is none.
     *
     * @param change called again for each attempt; throws to refuse, returns what it was given to leave it as it is
     * @return what stands there now
     */
    public Future<T> update(ObjectName of, UnaryOperator<T> change) {
        return attempt(
                        of,
                        store.get(kind, of.key()),
                        before -> {
                            if (before == null) {
                                throw refused(of, "not found");
                            }
                            return change.apply(before);
                        },
                        MOST_ATTEMPTS)
                .map(Writer::present);
    }

    /** As {@link #update}, but makes it if there is none: {@code change} is then given nothing. */
    public Future<T> createOrUpdate(ObjectName of, Function<@Nullable T, T> change) {
        return attempt(of, store.get(kind, of.key()), change, MOST_ATTEMPTS).map(Writer::present);
    }

    /** Fails if there is none. */
    public Future<Void> delete(ObjectName of) {
        return deleteIf(of, value -> true);
    }

    /** Leaves it if it does not pass the test; fails if there is none. */
    public Future<Void> deleteIf(ObjectName of, Predicate<T> test) {
        return attempt(
                        of,
                        store.get(kind, of.key()),
                        before -> {
                            if (before == null) {
                                throw refused(of, "not found");
                            }
                            return test.test(before) ? null : before;
                        },
                        MOST_ATTEMPTS)
                .mapEmpty();
    }

    private Future<@Nullable T> attempt(
            ObjectName of, @Nullable StoredRecord current, Function<@Nullable T, @Nullable T> change, int left) {
        T before;
        T after;
        try {
            before = current == null || current.value() == null ? null : Records.read(type, current.value());
            after = change.apply(before);
        } catch (RuntimeException refusal) {
            return Future.failedFuture(refusal);
        }
        if (after == before) {
            return Future.succeededFuture(before);
        }
        long expected = before == null || current == null ? 0 : current.version();
        return store.write(kind, of.key(), expected, after == null ? null : Records.write(after))
                .onSuccess(done -> written.accept(kind, of))
                .map(after)
                .recover(cause -> {
                    if (!(cause instanceof ConflictException conflict)) {
                        return Future.failedFuture(cause);
                    }
                    return left > 1
                            ? attempt(of, conflict.current(), change, left - 1)
                            : Future.failedFuture(refused(of, "is being changed by too many at once; try again"));
                });
    }

    private StatusException refused(ObjectName of, String why) {
        return new StatusException(Code.UNKNOWN, collection + ".jumpstarter.dev \"" + of.name() + "\" " + why);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a change made nothing of something");
        }
        return value;
    }
}
