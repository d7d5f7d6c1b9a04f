package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Trait;
import dev.rigbus.kernel.host.LocalDriver.Predecessor;
import dev.rigbus.kernel.host.LocalDriver.Successor;
import dev.rigbus.kernel.host.Trial;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New instances for those drivers of one tree whose types are others now, and for those that use such a driver as an object. All of them are
 * there before the first one serves.
 */
final class Replacement {
    /** How long streams may stay with an instance that does not serve any more. */
    static final Duration LINGER = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(Replacement.class);

    private final DriverTree tree;
    private final Map<String, DriverType<?>> types;
    /** Children before those that use them. */
    private final Map<LocalNode, DriverSpec> stale = new LinkedHashMap<>();

    private final Map<LocalNode, Made> made = new IdentityHashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Outpost> elsewhere;
    private final List<Outpost.Next> nexts = new ArrayList<>();

    /** One instance in its place. */
    private static final class Step {
        private final LocalNode node;
        private final Made next;
        private @Nullable Successor successor;
        /** One that does not start is closed by whoever has tried. */
        private boolean gone;

        Step(LocalNode node, Made next) {
            this.node = node;
            this.next = next;
        }
    }

    Replacement(DriverTree tree, Map<String, DriverType<?>> types) {
        this.tree = tree;
        this.types = types;
        this.elsewhere =
                tree.outposts().stream().filter(each -> each.isStale(types)).toList();
        for (LocalNode node : tree.local()) {
            DriverSpec spec = node.maker().spec();
            if (spec != null && (types.get(spec.type()) != node.made().type() || usesStale(node))) {
                stale.put(node, spec);
            }
        }
    }

    /** Whether it has a driver as an object that is replaced itself. */
    private boolean usesStale(LocalNode node) {
        return !(node.driver() instanceof Composite)
                && node.children().values().stream()
                        .anyMatch(child -> child instanceof LocalNode local && stale.containsKey(local));
    }

    boolean isEmpty() {
        return stale.isEmpty() && elsewhere.isEmpty();
    }

    /** Makes and starts the new instances; if that fails none is left. */
    Future<Void> prepare() {
        return isEmpty()
                ? Future.succeededFuture()
                : tree.vertx()
                        .executeBlocking(
                                () -> {
                                    make();
                                    return null;
                                },
                                false)
                        .compose(v -> start())
                        .compose(v -> startElsewhere())
                        .recover(cause -> abort().transform(
                                        v -> Future.failedFuture(DriverStartException.of(tree.name(), cause))));
    }

    private void make() {
        stale.forEach((node, spec) -> {
            DriverType<?> type = types.get(spec.type());
            if (type == null) {
                throw new IllegalStateException(
                        "driver " + node.path() + " is a " + spec.type() + ", which would be gone");
            }
            DriverType<?> was = node.made().type();
            if (type.is(Trait.APART) && was != null && !was.is(Trait.APART)) {
                throw new IllegalStateException("driver " + node.path()
                        + " would run in a process of its own from now on; take its exporter away for that");
            }
            add(node, node.maker().make(type, drivers(node), true));
        });
    }

    /** The children as objects, the new ones in the place of the old. */
    private Map<String, Driver> drivers(LocalNode node) {
        Map<String, Driver> drivers = new LinkedHashMap<>();
        TreeBuilder.drivers(node.children()).forEach((name, driver) -> {
            Made next = node.children().get(name) instanceof LocalNode child ? made.get(child) : null;
            boolean brought = node.made().context().brought().containsKey(name);
            if (!brought) {
                drivers.put(name, next == null ? driver : next.driver());
            }
        });
        return drivers;
    }

    private void add(LocalNode node, Made next) {
        made.put(node, next);
        steps.add(new Step(node, next));
        String was = node.driver().client();
        String is = next.driver().client();
        if (!was.equals(is)) {
            throw unlike(node, "its client would be " + is + " instead of " + was);
        }
        Map<String, Made> brought = next.brought();
        Set<String> before = node.made().brought().keySet();
        if (!brought.keySet().equals(before)) {
            throw unlike(node, "it would bring the children " + brought.keySet() + " instead of " + before);
        }
        brought.forEach((name, child) -> {
            if (node.children().get(name) instanceof LocalNode below) {
                add(below, child);
            }
        });
    }

    private static IllegalStateException unlike(LocalNode node, String how) {
        return new IllegalStateException("driver " + node.path() + ": " + how
                + ", which clients that use it would not notice; take its exporter away for that");
    }

    private Future<Void> start() {
        Future<Void> all = Future.succeededFuture();
        for (Step step : steps) {
            all = all.compose(v -> step.node
                    .host()
                    .prepare(step.next.driver(), step.next.context().home())
                    .recover(cause -> {
                        step.gone = true;
                        return Future.failedFuture(new DriverStartException(step.node.path(), cause));
                    })
                    .map(ready -> {
                        step.successor = ready;
                        return null;
                    }));
        }
        return all;
    }

    private Future<Void> startElsewhere() {
        Future<Void> all = Future.succeededFuture();
        for (Outpost outpost : elsewhere) {
            all = all.compose(v -> outpost.prepare(types)).map(next -> {
                nexts.add(next);
                return null;
            });
        }
        return all;
    }

    /** Leaves everything as it was. */
    Future<Void> abort() {
        List<Future<Void>> gone = new ArrayList<>();
        nexts.forEach(next -> gone.add(next.drop()));
        nexts.clear();
        for (int i = steps.size() - 1; i >= 0; i--) {
            Step step = steps.get(i);
            if (step.successor != null) {
                gone.add(step.successor.drop());
            } else if (!step.gone) {
                gone.add(step.node.host().discard(step.next.driver()));
            }
        }
        steps.clear();
        return Future.join(gone).mapEmpty();
    }

    /** Complete when the new instances serve; the old ones go when they have finished. */
    Future<Void> commit(@Nullable Trial trial) {
        List<Future<Void>> there =
                nexts.stream().map(next -> next.take(trial, LINGER)).toList();
        List<Future<Predecessor>> taken = new ArrayList<>();
        for (Step step : steps) {
            step.node.become(step.next);
            taken.add(step.successor == null ? Future.failedFuture("it was not prepared") : step.successor.take(trial));
        }
        return Future.all(taken).compose(v -> {
            retire(taken.stream().map(Future::result).toList());
            return Future.all(there).mapEmpty();
        });
    }

    private void retire(List<Predecessor> old) {
        Future.all(old.stream().map(Predecessor::quiet).toList())
                .compose(v -> inOrder(old))
                .compose(v -> Future.all(old.stream().map(Predecessor::idle).toList())
                        .timeout(LINGER.toMillis(), TimeUnit.MILLISECONDS))
                .recover(late -> {
                    old.forEach(each -> each.expire("the driver has been replaced by another version"));
                    return Future.succeededFuture();
                })
                .compose(v -> closed(old));
    }

    private Future<Void> inOrder(List<Predecessor> old) {
        Future<Void> all = Future.succeededFuture();
        for (Predecessor each : old) {
            all = all.compose(v -> each.handOver().recover(cause -> {
                log.atWarn()
                        .addKeyValue("exporter", tree.name())
                        .log("streams stay with the driver that opened them: {}", cause.getMessage());
                return Future.succeededFuture();
            }));
        }
        return all;
    }

    /** Parents before the children that they use. */
    private Future<Void> closed(List<Predecessor> old) {
        Future<Void> all = Future.succeededFuture();
        for (int i = old.size() - 1; i >= 0; i--) {
            Predecessor each = old.get(i);
            all = all.compose(v -> each.close().recover(cause -> {
                log.atWarn()
                        .addKeyValue("exporter", tree.name())
                        .log("a driver that was replaced did not close: {}", cause.toString());
                return Future.succeededFuture();
            }));
        }
        return all;
    }
}
