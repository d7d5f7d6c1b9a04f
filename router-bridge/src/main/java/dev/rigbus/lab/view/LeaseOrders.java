package dev.rigbus.lab.view;

import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The leases by what is asked of them; changed by one thread at a time, read by all. */
final class LeaseOrders {
    private final NavigableMap<ObjectName, Lease> active = new ConcurrentSkipListMap<>();
    private final NavigableSet<Lease> waiting =
            new ConcurrentSkipListSet<>(Comparator.comparing(Lease::created).thenComparing(Lease::name));
    private final NavigableSet<Lease> ended = new ConcurrentSkipListSet<>(Comparator.comparing(
                    (Lease lease) -> Objects.requireNonNull(lease.ending()).at())
            .thenComparing(Lease::name));
    /** By exporter. After a split two may claim one for a moment: the one with the newer fence comes first. */
    private final Map<ObjectName, List<Lease>> holders = new ConcurrentHashMap<>();

    NavigableMap<ObjectName, Lease> active() {
        return active;
    }

    NavigableSet<Lease> waiting() {
        return Collections.unmodifiableNavigableSet(waiting);
    }

    NavigableSet<Lease> ended() {
        return Collections.unmodifiableNavigableSet(ended);
    }

    @Nullable
    Lease holder(ObjectName exporter) {
        List<Lease> claims = holders.get(exporter);
        return claims == null ? null : claims.get(0);
    }

    void keep(Changed<Lease> change) {
        if (change.before() != null) {
            remove(change.before());
        }
        if (change.now() != null) {
            add(change.now());
        }
    }

    private void remove(Lease lease) {
        if (lease.hasEnded()) {
            ended.remove(lease);
            return;
        }
        active.remove(lease.name());
        waiting.remove(lease);
        if (lease.grant() != null) {
            holders.computeIfPresent(exporter(lease), (exporter, claims) -> without(claims, lease));
        }
    }

    private void add(Lease lease) {
        if (lease.hasEnded()) {
            ended.add(lease);
            return;
        }
        active.put(lease.name(), lease);
        if (lease.grant() == null) {
            waiting.add(lease);
        } else {
            holders.compute(exporter(lease), (exporter, claims) -> with(claims, lease));
        }
    }

    private static List<Lease> with(@Nullable List<Lease> claims, Lease lease) {
        return Stream.concat(Stream.ofNullable(claims).flatMap(List::stream), Stream.of(lease))
                .sorted(Comparator.comparingLong(LeaseOrders::fence).reversed())
                .toList();
    }

    private static @Nullable List<Lease> without(List<Lease> claims, Lease lease) {
        List<Lease> rest = claims.stream().filter(claim -> !claim.equals(lease)).toList();
        return rest.isEmpty() ? null : rest;
    }

    private static ObjectName exporter(Lease lease) {
        return new ObjectName(
                lease.name().namespace(), Objects.requireNonNull(lease.grant()).exporter());
    }

    private static long fence(Lease lease) {
        return Objects.requireNonNull(lease.grant()).fence();
    }
}
