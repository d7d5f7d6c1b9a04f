package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.host.Trial;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The types of driver that run in this process. Those of bundles and files come, change and go while drivers are in use, which follow; a type
 * of theirs is preferred to one of the process's own that has the same name. Safe to use from any thread.
 */
public final class TypeRegistry {
    private static final Logger log = LoggerFactory.getLogger(TypeRegistry.class);
    private static final DriverType<?> COMPOSITE = DriverType.of(DriverCatalog.COMPOSITE, context -> new Composite());

    private final Map<String, DriverType<?>> own;
    private final List<DriverTree> trees = new ArrayList<>();
    private final Map<DriverType<?>, Origin> origins = Collections.synchronizedMap(new WeakHashMap<>());
    private Map<String, Map<String, DriverType<?>>> owners = Map.of();
    private volatile Map<String, DriverType<?>> types;
    private Future<?> last = Future.succeededFuture();

    private TypeRegistry(Map<String, DriverType<?>> own) {
        this.own = own;
        this.types = own;
    }

    /** @param own the process's own types, which stay */
    public static TypeRegistry of(Collection<DriverType<?>> own) {
        Map<String, DriverType<?>> known = new HashMap<>();
        known.put(DriverCatalog.COMPOSITE, COMPOSITE);
        known.putAll(byName(own));
        return new TypeRegistry(Map.copyOf(known));
    }

    private static Map<String, DriverType<?>> byName(Collection<DriverType<?>> types) {
        Map<String, DriverType<?>> named = new LinkedHashMap<>();
        types.forEach(type -> named.put(type.name(), type));
        return named;
    }

    /**
     * The bundle that a type is from, for another process that is to have it too.
     *
     * @param jar its content
     * @param unpacked where the jars inside it are
     */
    public record Origin(Path jar, Path unpacked) {}

    /** Notes where a type is from that is about to be brought. */
    public void note(DriverType<?> type, Origin origin) {
        origins.put(type, origin);
    }

    /** Absent for the process's own, and for those that were compiled here. */
    public @Nullable Origin origin(DriverType<?> type) {
        return origins.get(type);
    }

    /** As they are now, by name. */
    public Map<String, DriverType<?>> types() {
        return types;
    }

    /** A change that is ready: every driver in use that it is about has a new instance beside it. Nobody else can change anything meanwhile. */
    public interface Change {
        /**
         * Has the new instances serve.
         *
         * @param trial watches them; absent for none
         */
        Future<Void> commit(@Nullable Trial trial);

        /** Leaves everything as it was. */
        Future<Void> abort();
    }

    /**
     * Prepares a change of all types that somebody brings. A failure says why it cannot be, and has changed nothing.
     *
     * @param owner as {@code bundle relay}, for messages
     * @param brought empty to take all away
     */
    public Future<Change> prepare(String owner, Collection<DriverType<?>> brought) {
        Promise<Void> over = Promise.promise();
        return inTurn(over, () -> prepared(owner, byName(brought), over)).onFailure(cause -> over.tryComplete());
    }

    /** Prepares and commits. */
    public Future<Void> change(String owner, Collection<DriverType<?>> brought, @Nullable Trial trial) {
        return prepare(owner, brought).compose(change -> change.commit(trial));
    }

    /** One change after the other. */
    private <T> Future<T> inTurn(Promise<Void> over, Supplier<Future<T>> step) {
        Future<?> before;
        synchronized (this) {
            before = last;
            last = over.future();
        }
        return before.transform(v -> {
            try {
                return step.get();
            } catch (RuntimeException e) {
                return Future.failedFuture(e);
            }
        });
    }

    private Future<Change> prepared(String owner, Map<String, DriverType<?>> brought, Promise<Void> over) {
        Map<String, Map<String, DriverType<?>>> after = new TreeMap<>();
        List<DriverTree> used;
        synchronized (this) {
            after.putAll(owners);
            used = List.copyOf(trees);
        }
        after.remove(owner);
        after.forEach((other, theirs) -> {
            List<String> both = brought.keySet().stream()
                    .filter(theirs::containsKey)
                    .sorted()
                    .toList();
            if (!both.isEmpty()) {
                throw new IllegalArgumentException(
                        other + " brings the driver type " + String.join(", ", both) + " already");
            }
        });
        if (!brought.isEmpty()) {
            after.put(owner, brought);
        }
        Map<String, DriverType<?>> next = new HashMap<>(own);
        after.values().forEach(next::putAll);
        List<Replacement> replacements =
                used.stream().map(tree -> new Replacement(tree, next)).toList();
        return all(replacements).map(v -> new Ready(after, Map.copyOf(next), replacements, over));
    }

    private static Future<Void> all(List<Replacement> replacements) {
        Future<Void> all = Future.succeededFuture();
        for (Replacement each : replacements) {
            all = all.compose(v -> each.prepare());
        }
        return all.recover(cause -> abort(replacements).transform(v -> Future.failedFuture(cause)));
    }

    private static Future<Void> abort(List<Replacement> replacements) {
        List<Replacement> backwards = new ArrayList<>(replacements);
        Collections.reverse(backwards);
        return Future.join(backwards.stream().map(Replacement::abort).toList()).mapEmpty();
    }

    private final class Ready implements Change {
        private final Map<String, Map<String, DriverType<?>>> owned;
        private final Map<String, DriverType<?>> next;
        private final List<Replacement> replacements;
        private final Promise<Void> over;
        private boolean decided;

        Ready(
                Map<String, Map<String, DriverType<?>>> owned,
                Map<String, DriverType<?>> next,
                List<Replacement> replacements,
                Promise<Void> over) {
            this.owned = owned;
            this.next = next;
            this.replacements = replacements;
            this.over = over;
        }

        private synchronized boolean decide() {
            boolean first = !decided;
            decided = true;
            return first;
        }

        @Override
        public Future<Void> commit(@Nullable Trial trial) {
            if (!decide()) {
                return Future.failedFuture("the change has been called off");
            }
            synchronized (TypeRegistry.this) {
                owners = owned;
                types = next;
            }
            return Future.join(replacements.stream()
                            .map(each -> each.commit(trial))
                            .toList())
                    .<Void>mapEmpty()
                    .compose(v -> follow(next, trial))
                    .onComplete(done -> over.complete());
        }

        @Override
        public Future<Void> abort() {
            return decide()
                    ? TypeRegistry.abort(replacements).onComplete(done -> over.complete())
                    : Future.succeededFuture();
        }
    }

    /** Has those trees follow that were started while a change was being prepared. */
    private Future<Void> follow(Map<String, DriverType<?>> next, @Nullable Trial trial) {
        List<DriverTree> all;
        synchronized (this) {
            all = List.copyOf(trees);
        }
        Future<Void> done = Future.succeededFuture();
        for (DriverTree tree : all) {
            Replacement late = new Replacement(tree, next);
            done = done.compose(v -> late.prepare())
                    .compose(v -> late.commit(trial))
                    .recover(cause -> {
                        log.error("goes on with the version that it has started with: {}", cause.getMessage());
                        return Future.succeededFuture();
                    });
        }
        return done;
    }

    /** A tree that has been started, and follows from now on. */
    Future<Void> join(DriverTree tree) {
        Promise<Void> over = Promise.promise();
        Map<String, DriverType<?>> now;
        synchronized (this) {
            trees.add(tree);
            now = types;
            if (new Replacement(tree, now).isEmpty()) {
                return Future.succeededFuture();
            }
        }
        return this.<Void>inTurn(over, () -> {
                    Replacement replacement = new Replacement(tree, types);
                    return replacement.prepare().compose(v -> replacement.commit(null));
                })
                .onComplete(done -> over.complete());
    }

    synchronized void leave(DriverTree tree) {
        trees.remove(tree);
    }
}
