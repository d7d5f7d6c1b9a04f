package dev.rigbus.kernel.host;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.HandsOver;
import dev.rigbus.driver.Legacy;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the open streams of one instance of a driver to another. On the driver's context. */
final class HandOver {
    private final @Nullable HandsOver from;
    private final @Nullable HandsOver to;

    HandOver(Driver old, Driver next) {
        this.from = old instanceof HandsOver able ? able : null;
        this.to = next instanceof HandsOver able ? able : null;
    }

    /** Gives those that have moved. */
    Future<List<ByteStream>> of(List<ByteStream> open) {
        HandsOver old = from;
        HandsOver next = to;
        if (old == null || next == null) {
            return Future.succeededFuture(List.of());
        }
        Map<ByteStream, Relay> relays = new HashMap<>();
        open.forEach(stream -> {
            if (stream instanceof Relay relay) {
                relays.put(relay.source(), relay);
            }
        });
        List<ByteStream> moved = List.copyOf(relays.values());
        relays.values().forEach(Relay::hold);
        return Future.succeededFuture()
                .compose(v -> old.handOver())
                .compose(legacy -> {
                    Object foreign = foreign(legacy, old);
                    return (foreign == null
                                    ? next.takeOver(legacy)
                                    : Future.<List<ByteStream>>failedFuture(
                                            "its legacy has a " + foreign + ", which only the old instance knows"))
                            .compose(taken -> goOn(relays, legacy, taken))
                            .recover(cause -> old.takeOver(legacy)
                                    .compose(back -> goOn(relays, legacy, back))
                                    .compose(v -> Future.failedFuture(cause)));
                })
                .map(moved)
                .onFailure(cause -> relays.forEach((source, relay) -> {
                    if (relay.isHolding()) {
                        relay.goOn(source);
                    }
                }));
    }

    private static Future<Void> goOn(Map<ByteStream, Relay> relays, Legacy legacy, List<ByteStream> taken) {
        if (taken.size() != legacy.streams().size()) {
            return Future.failedFuture("of " + legacy.streams().size() + " streams it has taken over " + taken.size());
        }
        List<Relay> left = new ArrayList<>(relays.values());
        for (int i = 0; i < taken.size(); i++) {
            Relay relay = relays.get(legacy.streams().get(i).stream());
            if (relay != null) {
                relay.goOn(taken.get(i));
                left.remove(relay);
            } else {
                // Its client has gone in the meantime.
                taken.get(i).close();
            }
        }
        // What the driver does not name has ended for it.
        left.forEach(relay -> relay.goOn(relay.source()));
        return Future.succeededFuture();
    }

    /** The class of a value that would keep the old instance's class loader from going; absent if all is fine. */
    private static @Nullable Object foreign(Legacy legacy, HandsOver old) {
        ClassLoader loader = old.getClass().getClassLoader();
        if (loader == HandsOver.class.getClassLoader()) {
            return null;
        }
        List<Object> values = new ArrayList<>(legacy.device().values());
        legacy.streams().forEach(stream -> values.addAll(stream.state().values()));
        return foreign(values, loader);
    }

    private static @Nullable Object foreign(Collection<?> values, ClassLoader loader) {
        for (Object value : values) {
            Object found = value instanceof Collection<?> some
                    ? foreign(some, loader)
                    : value instanceof Map<?, ?> map
                            ? foreign(map.values(), loader)
                            : value != null && value.getClass().getClassLoader() == loader
                                    ? value.getClass().getName()
                                    : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
