package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.created;
import static dev.rigbus.lab.lease.Given.free;
import static dev.rigbus.lab.lease.Given.lease;
import static dev.rigbus.lab.lease.Given.leased;
import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.lab.model.Lease;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class QueueTest {
    private static final Map<String, String> IMX = Map.of("board", "imx");
    private static final Board FREE = free("e", IMX);

    private static Lease at(int second, Lease lease) {
        return created(lease, NOON.plusSeconds(second));
    }

    /** Clients are told apart by their names: those that begin with v are important. */
    private static Queue queue() {
        Policies policies = Policies.of(
                List.of(policy("p", "", rule("all", 1, null, ""), rule("important", 5, null, "important"))));
        return new Queue(
                policies,
                lease -> lease.client().startsWith("v") ? Map.of("important", "yes") : Map.<String, String>of());
    }

    private static String next(Board board, Instant now, Lease... waiting) {
        Queue.Turn turn = queue().next(board, List.of(waiting), now);
        return turn == null ? "nobody" : turn.lease().name().name() + " with " + turn.priority();
    }

    @Test
    void theOldestIsNext() {
        assertThat(next(FREE, NOON, at(1, wants("b", "board=imx")), at(2, wants("a", "board=imx"))))
                .isEqualTo("b with 1");
    }

    @Test
    void priorityGoesBeforeAge() {
        Lease important = at(2, wants("a", "board=imx")).withClient("vip");
        assertThat(next(FREE, NOON, at(1, wants("b", "board=imx")), important)).isEqualTo("a with 5");
    }

    @Test
    void onlyThoseThatWantThisBoardAndMayBeginCount() {
        Lease scheduled = lease(
                "s",
                Wishes.of("board=imx", null, Map.of(), Map.of(), false),
                Times.create(HOUR, NOON.plusSeconds(60), null));
        Lease missed = lease(
                "m",
                Wishes.of("board=imx", null, Map.of(), Map.of(), false),
                Times.create(null, NOON, NOON.plusSeconds(1)));
        Lease elsewhere = new Lease(
                new dev.rigbus.lab.model.ObjectName("other", "x"),
                "u",
                "alice",
                scheduled.wish(),
                Times.create(HOUR, null, null),
                null,
                null,
                List.of(),
                NOON);
        Lease other = at(3, wants("o", "board=rpi"));
        Instant now = NOON.plusSeconds(5);
        assertThat(next(FREE, now, scheduled, missed, elsewhere, other)).isEqualTo("nobody");
        assertThat(next(FREE, now, scheduled, missed, elsewhere, other, at(9, wants("w", "board"))))
                .isEqualTo("w with 1");
        assertThat(next(FREE, NOON.plusSeconds(60), scheduled, at(9, wants("w", "board"))))
                .isEqualTo("s with 1");
    }

    @Test
    void whoIsNextIsNextWhetherTheBoardIsFreeOrNot() {
        Board busy = leased("e", IMX, Given.granted(wants("h", "board"), "e", 1, NOON));
        assertThat(next(busy, NOON, wants("w", "board"))).isEqualTo("w with 1");
        assertThat(queue().order(busy, List.of(wants("w", "board")), NOON)).hasSize(1);
    }

    @Test
    void thePlaceIsTheNumberOfThoseAhead() {
        List<Lease> waiting = List.of(
                at(1, wants("a", "board")),
                at(2, wants("b", "board=rpi")),
                at(3, wants("c", "board=imx")),
                at(4, wants("d", "board")).withClient("vip"));
        Queue queue = queue();
        assertThat(waiting.stream().map(lease -> queue.ahead(lease, FREE, waiting, NOON)))
                .containsExactly(1, 3, 2, 0);
        assertThat(queue.order(FREE, waiting, NOON).stream()
                        .map(turn -> turn.lease().name().name()))
                .containsExactly("d", "a", "c");
    }

    /** More arrive than can be served, for ever; still each gets its turn after just those that were there before. */
    @Test
    void nobodyStarves() {
        Queue queue = queue();
        ArrayDeque<Lease> waiting = new ArrayDeque<>();
        List<String> served = new ArrayList<>();
        int arrived = 0;
        for (int second = 0; second < 300; second++) {
            for (int i = 0; i < 2; i++) {
                String selector = arrived % 3 == 0 ? "board=imx" : arrived % 3 == 1 ? "board" : "!x";
                waiting.add(at(second, wants("l%04d".formatted(arrived++), selector)));
            }
            Queue.Turn turn = Objects.requireNonNull(queue.next(FREE, waiting, NOON.plusSeconds(second)));
            waiting.remove(turn.lease());
            served.add(turn.lease().name().name());
        }
        assertThat(served).isSorted().hasSize(300).last().isEqualTo("l0299");
    }
}
