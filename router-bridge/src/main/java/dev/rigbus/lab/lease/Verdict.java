package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Policies.Access;
import java.util.Comparator;

/**
 * What stands between a lease and a board.
 *
 * @param access as far as it was asked for; closed for what was excluded before
 */
public record Verdict(Board board, Obstacle obstacle, Access access) {
    /** Whom a lease takes first. */
    static final Comparator<Verdict> ORDER = Comparator.<Verdict>comparingInt(
                    v -> -v.access().priority())
            .thenComparing(v -> v.board().name());

    /** In the order in which they are looked for: the first that applies is the one that counts. */
    public enum Obstacle {
        OTHER_NAME,
        SELECTOR,
        DISABLED,
        NO_ACCESS,
        SPOT,
        OFFLINE,
        LEASED,
        NOT_READY,
        NONE
    }

    /** Whether the board got past an obstacle of this kind. */
    boolean isBeyond(Obstacle other) {
        return obstacle.compareTo(other) > 0;
    }
}
