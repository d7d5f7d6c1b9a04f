package dev.rigbus.lab.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The right of one client to use one board, from the wish to the end.
 *
 * @param client who holds it, by name, of the same namespace; changes when it is handed over
 * @param wish what was asked for; never changes
 * @param time when and for how long it was asked for
 * @param grant the board it was given; absent while it waits
 * @param ending absent while it lasts
 * @param conditions in order of their first appearance
 */
public record Lease(
        ObjectName name,
        String uid,
        String client,
        Wish wish,
        Time time,
        @Nullable Grant grant,
        @Nullable Ending ending,
        List<Condition> conditions,
        Instant created) {
    public static final String KIND = "lease";

    /**
     * @param selector canonical; empty where only a name was given
     * @param shown the selector as the client wrote it
     * @param exporter by name; absent for any that matches
     */
    public record Wish(
            String selector,
            String shown,
            @Nullable String exporter,
            Map<String, String> tags,
            Map<String, String> context,
            boolean allowDisabled) {}

    /** As asked for, at least a duration or two ends; the rest is computed ({@code dev.rigbus.lab.lease.Times}). */
    public record Time(
            @Nullable Duration duration,
            @Nullable Instant begin,
            @Nullable Instant end) {}

    /**
     * @param exporter by name
     * @param fence greater than that of any earlier grant of this exporter
     * @param priority of the rule that gave it
     * @param since whole seconds, as the wire's clients expect
     */
    public record Grant(String exporter, long fence, int priority, Instant since) {}

    /** {@code reason} is that of the wire's condition: Released, Expired, or why it never began. */
    public record Ending(String reason, Instant at) {}

    public boolean hasEnded() {
        return ending != null;
    }

    public boolean isWaiting() {
        return grant == null && ending == null;
    }

    public boolean isHeld() {
        return grant != null && ending == null;
    }

    public Lease withClient(String next) {
        return new Lease(name, uid, next, wish, time, grant, ending, conditions, created);
    }

    public Lease withTime(Time next) {
        return new Lease(name, uid, client, wish, next, grant, ending, conditions, created);
    }

    public Lease withGrant(Grant next) {
        return new Lease(name, uid, client, wish, time, next, ending, conditions, created);
    }

    public Lease withEnding(Ending next) {
        return new Lease(name, uid, client, wish, time, grant, next, conditions, created);
    }

    /** With this one in the place of the one of its type, or after the others. */
    public Lease with(Condition next) {
        List<Condition> all = new ArrayList<>(conditions);
        for (int i = 0; i < all.size(); i++) {
            Condition old = all.get(i);
            if (old.type().equals(next.type())) {
                boolean same = old.holds() == next.holds();
                all.set(
                        i,
                        same
                                ? new Condition(next.type(), next.holds(), next.reason(), next.message(), old.since())
                                : next);
                return withConditions(all);
            }
        }
        all.add(next);
        return withConditions(all);
    }

    private Lease withConditions(List<Condition> next) {
        return new Lease(name, uid, client, wish, time, grant, ending, List.copyOf(next), created);
    }
}
