package dev.rigbus.lab.authority;

import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What all authorities of a node need of the lab's records and rules. Safe to use from any thread. */
interface Lab {
    Future<?> keep(ExporterState state);

    Future<@Nullable Lease> grant(ObjectName lease, ObjectName exporter, long fence);

    /** Ends a lease, however long it takes to write that down. */
    void release(ObjectName lease, String why);

    /** The same, as its exporter gives it back. */
    void giveBack(ObjectName lease, String why);

    /** The same, as its time is up. */
    void expire(ObjectName lease);

    /** Keeps an exporter from being leased until an administrator has seen to it. */
    void quarantine(ObjectName exporter, String why);

    /** An exporter begins a lease as it should: a quarantine of it is over. */
    void works(ObjectName exporter);

    @Nullable
    ObjectName next(ObjectName exporter);

    @Nullable
    Lease lease(ObjectName name);

    boolean mayGrant(ObjectName exporter);

    /** When a lease that is held ends, if nobody ends it before. */
    Instant endOf(Lease lease);

    /** When a lease ends whose board nobody has come to use since this time; absent for never. */
    @Nullable
    Instant unusedAt(Lease lease, Instant watched);

    Instant now();

    /** What hears of all this. */
    LeaseHistory history();
}
