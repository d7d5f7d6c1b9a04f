package dev.rigbus.lab.lease;

import dev.rigbus.kernel.ports.RecordMerge;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Ending;
import dev.rigbus.lab.model.Lease.Grant;
import dev.rigbus.lab.model.Records;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One lease of what became of it on two sides of a split. What has ended stays ended, and at the earlier time. Of two boards the one with the
 * higher fence is kept; the authority of the other finds that the lease is not its own and frees it. Client and time are those of the copy
 * that was changed more often, or later. Each part is the greater of two by an order of its own, so the result is the same whatever is merged
 * first.
 */
public final class LeaseMerge implements RecordMerge {
    private static final Comparator<Ending> EARLIER =
            Comparator.comparing(Ending::at).thenComparing(Ending::reason);
    private static final Comparator<Grant> STRONGER = Comparator.comparingLong(Grant::fence)
            .thenComparing(Grant::exporter)
            .thenComparing(Grant::since)
            .thenComparingInt(Grant::priority);
    private static final Comparator<Condition> LATER = Comparator.comparing(Condition::since)
            .thenComparing(Condition::reason)
            .thenComparing(Condition::message);
    /** A lease is not ready any more once and for all, and from the earlier time on. */
    private static final Comparator<Condition> NOT_READY = Comparator.comparing((Condition c) -> !c.holds())
            .thenComparing((x, y) -> x.holds() ? LATER.compare(x, y) : LATER.compare(y, x));

    private static final List<String> ORDER =
            List.of(Condition.PENDING, Condition.UNSATISFIABLE, Condition.INVALID, Condition.READY);

    private record Copy(StoredRecord record, Lease lease) {}

    @Override
    public StoredRecord merge(StoredRecord a, StoredRecord b) {
        try {
            return mergeReadable(a, b);
        } catch (IllegalArgumentException e) {
            // What cannot be read here may be of a newer version; nodes must come to the same all the same.
            return NEWEST.merge(a, b);
        }
    }

    private static StoredRecord mergeReadable(StoredRecord a, StoredRecord b) {
        Lease one = read(a);
        Lease two = read(b);
        if (one == null || two == null) {
            return one == null && two == null
                    ? NEWEST.merge(a, b)
                    : deletedOr(one == null ? a : b, one == null ? b : a);
        }
        if (!one.uid().equals(two.uid())) {
            return isPreferred(one, two) ? a : b;
        }
        boolean first = isNewer(a, one, b, two);
        Copy newer = first ? new Copy(a, one) : new Copy(b, two);
        Copy older = first ? new Copy(b, two) : new Copy(a, one);
        Lease merged = merge(newer.lease, older.lease);
        return merged.equals(newer.lease)
                ? newer.record
                : new StoredRecord(
                        a.kind(), a.key(), newer.record.version(), newer.record.changed(), Records.write(merged));
    }

    private static @Nullable Lease read(StoredRecord record) {
        return record.value() == null ? null : Records.read(Lease.class, record.value());
    }

    /** Only ended leases are deleted, so a copy that goes on is older news, unless its name was given again since. */
    private static StoredRecord deletedOr(StoredRecord deleted, StoredRecord other) {
        Lease lease = read(other);
        boolean named = lease != null && lease.created().isAfter(Instant.ofEpochMilli(deleted.changed()));
        return named ? other : deleted;
    }

    private static boolean isNewer(StoredRecord a, Lease one, StoredRecord b, Lease two) {
        int order = Long.compare(a.version(), b.version());
        order = order != 0 ? order : Long.compare(a.changed(), b.changed());
        // Only what is taken from the newer one decides between equals: the rest changes when copies are merged.
        order = order != 0 ? order : taken(one).compareTo(taken(two));
        return order >= 0;
    }

    private static String taken(Lease lease) {
        return lease.client() + " " + lease.time();
    }

    /** Of two leases that were given one name: the one that has a board, then the one that still waits, then the older. */
    private static boolean isPreferred(Lease one, Lease two) {
        return Comparator.comparing(Lease::isHeld)
                        .thenComparing(Lease::isWaiting)
                        .thenComparing(Comparator.comparing(Lease::created).reversed())
                        .thenComparing(Lease::uid)
                        .compare(one, two)
                >= 0;
    }

    private static Lease merge(Lease newer, Lease older) {
        Grant grant = newer.grant() == null || older.grant() == null
                ? (newer.grant() == null ? older.grant() : newer.grant())
                : (STRONGER.compare(newer.grant(), older.grant()) >= 0 ? newer.grant() : older.grant());
        Ending ending = newer.ending() == null || older.ending() == null
                ? (newer.ending() == null ? older.ending() : newer.ending())
                : (EARLIER.compare(newer.ending(), older.ending()) <= 0 ? newer.ending() : older.ending());
        return new Lease(
                newer.name(),
                newer.uid(),
                newer.client(),
                newer.wish(),
                newer.time(),
                grant,
                ending,
                conditions(newer, older, ending),
                newer.created());
    }

    /** Of each type the later one, in the order in which they appear in a life; one that has ended is not ready. */
    private static List<Condition> conditions(Lease newer, Lease older, @Nullable Ending ending) {
        if (newer.conditions().equals(older.conditions()) && ending == null) {
            return newer.conditions();
        }
        Map<Integer, Map<String, Condition>> sorted = new TreeMap<>();
        for (List<Condition> conditions : List.of(newer.conditions(), older.conditions())) {
            for (Condition c : conditions) {
                int place = ORDER.indexOf(c.type());
                sorted.computeIfAbsent(place < 0 ? ORDER.size() : place, p -> new TreeMap<>())
                        .merge(c.type(), c, LeaseMerge::last);
            }
        }
        List<Condition> all = new ArrayList<>();
        sorted.values().forEach(byType -> all.addAll(byType.values()));
        if (ending != null) {
            all.replaceAll(c -> c.type().equals(Condition.READY) && c.holds() ? notReady(c, ending) : c);
        }
        return List.copyOf(all);
    }

    private static Condition last(Condition x, Condition y) {
        return (x.type().equals(Condition.READY) ? NOT_READY : LATER).compare(x, y) >= 0 ? x : y;
    }

    private static Condition notReady(Condition ready, Ending ending) {
        return new Condition(ready.type(), false, ending.reason(), "The lease ended on another node", ending.at());
    }
}
