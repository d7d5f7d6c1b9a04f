package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Verdict.Obstacle;
import dev.rigbus.lab.model.Lease;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who is next for a board: the highest priority first, and of those the one that has waited longest. Whoever comes later with the same
 * priority stands behind, and an old wish keeps its place when its board was away, so nobody waits for ever behind their equals.
 */
public final class Queue {
    private final Matching matching;
    private final Function<Lease, Map<String, String>> labels;

    /** @param labels those of a lease's client */
    public Queue(Policies policies, Function<Lease, Map<String, String>> labels) {
        this.matching = new Matching(policies);
        this.labels = labels;
    }

    /** A lease and the priority with which it gets the board. */
    public record Turn(Lease lease, int priority) {}

    /**
     * The one that a board is to be given to next; absent if nobody wants it. Whether it is free is for its authority to know, which asks.
     *
     * @param waiting the oldest first; those of other namespaces are passed over
     */
    public @Nullable Turn next(Board board, Iterable<Lease> waiting, Instant now) {
        Turn best = null;
        for (Lease lease : waiting) {
            if (!isDue(lease, now)) {
                continue;
            }
            Verdict verdict = judge(lease, board);
            if (verdict != null
                    && verdict.isBeyond(Obstacle.SPOT)
                    && (best == null || verdict.access().priority() > best.priority)) {
                best = new Turn(lease, verdict.access().priority());
            }
        }
        return best;
    }

    /** All that wait for a board, whether it is free or not, the next one first. */
    public List<Turn> order(Board board, Iterable<Lease> waiting, Instant now) {
        List<Turn> turns = new ArrayList<>();
        for (Lease lease : waiting) {
            Verdict verdict = isDue(lease, now) ? judge(lease, board) : null;
            if (verdict != null && verdict.isBeyond(Obstacle.SPOT)) {
                turns.add(new Turn(lease, verdict.access().priority()));
            }
        }
        // Keeps the older first where priorities are equal.
        turns.sort(Comparator.comparingInt(turn -> -turn.priority()));
        return turns;
    }

    /** How many of those that wait would be given the board before this one, whether it is free or not. */
    public int ahead(Lease lease, Board board, Iterable<Lease> waiting, Instant now) {
        int own = matching.judge(lease, labels.apply(lease), board).access().priority();
        boolean older = true;
        int count = 0;
        for (Lease other : waiting) {
            if (other.name().equals(lease.name())) {
                older = false;
                continue;
            }
            Verdict verdict = isDue(other, now) ? judge(other, board) : null;
            if (verdict != null && verdict.isBeyond(Obstacle.SPOT)) {
                int priority = verdict.access().priority();
                count += priority > own || (older && priority == own) ? 1 : 0;
            }
        }
        return count;
    }

    private @Nullable Verdict judge(Lease lease, Board board) {
        return lease.name().namespace().equals(board.exporter().name().namespace())
                ? matching.judge(lease, labels.apply(lease), board)
                : null;
    }

    /** Whether it may begin, and has not missed its time. */
    private static boolean isDue(Lease lease, Instant now) {
        Instant begin = Times.begin(lease.time());
        Instant end = Times.latestEnd(lease.time());
        return lease.isWaiting() && (begin == null || !now.isBefore(begin)) && (end == null || now.isBefore(end));
    }
}
