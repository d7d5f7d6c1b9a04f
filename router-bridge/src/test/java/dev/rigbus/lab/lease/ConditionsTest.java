package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Ending;
import dev.rigbus.lab.model.Lease.Grant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConditionsTest {
    private static final Outcome.Waiting OFFLINE = new Outcome.Waiting("Offline", "none online");
    private static final Outcome.Waiting LEASED = new Outcome.Waiting("NotAvailable", "all leased");
    private static final Outcome.Hopeless HOPELESS = new Outcome.Hopeless("Unsatisfiable", "NoAccess", "none approved");
    private static final Grant GRANT = new Grant("e", 7, 0, NOON);

    /** How the wire's client judges a lease, in its order. */
    private static String judged(Lease lease) {
        if (is(lease, Condition.READY, true)) {
            return "go";
        }
        if (is(lease, Condition.UNSATISFIABLE, true)) {
            return "cannot be satisfied";
        }
        if (is(lease, Condition.INVALID, true)) {
            return "invalid";
        }
        if (is(lease, Condition.PENDING, false)) {
            return "error";
        }
        boolean released = lease.conditions().stream()
                .anyMatch(c -> c.type().equals(Condition.READY) && c.reason().equals("Released"));
        return released ? "released" : "wait";
    }

    private static boolean is(Lease lease, String type, boolean holds) {
        return lease.conditions().stream().anyMatch(c -> c.type().equals(type) && c.holds() == holds);
    }

    private static String last(Lease lease) {
        Condition last = lease.conditions().get(lease.conditions().size() - 1);
        return last.type() + " " + last.holds() + " " + last.reason() + ": " + last.message();
    }

    @Test
    void fromTheWishToTheEnd() {
        Lease lease = wants("l", "a=1");
        assertThat(judged(lease)).isEqualTo("wait");
        lease = Conditions.waiting(lease, OFFLINE, NOON);
        assertThat(judged(lease)).isEqualTo("wait");
        assertThat(last(lease)).isEqualTo("Pending true Offline: none online");
        lease = Conditions.granted(lease, GRANT, NOON.plusSeconds(3));
        assertThat(judged(lease)).isEqualTo("go");
        assertThat(last(lease)).isEqualTo("Ready true Ready: An exporter has been acquired for the client");
        lease = Conditions.released(lease, null, NOON.plusSeconds(9));
        assertThat(judged(lease)).isEqualTo("released");
        assertThat(last(lease)).isEqualTo("Ready false Released: The lease was marked for release");
        assertThat(lease.ending()).isEqualTo(new Ending("Released", NOON.plusSeconds(9)));
        assertThat(lease.conditions()).extracting(Condition::type).containsExactly("Pending", "Ready");
    }

    @Test
    void aLeaseWhoseTimeIsUp() {
        Lease lease = Conditions.granted(wants("l", "a=1"), GRANT, NOON);
        lease = Conditions.expired(lease, NOON.plus(HOUR).plusSeconds(2));
        assertThat(last(lease)).isEqualTo("Ready false Expired: The lease has expired");
        assertThat(lease.ending()).isEqualTo(new Ending("Expired", NOON.plus(HOUR)));
    }

    @Test
    void aLeaseThatCanNeverBegin() {
        Lease lease = Conditions.hopeless(Conditions.waiting(wants("l", "a=1"), OFFLINE, NOON), HOPELESS, NOON);
        assertThat(judged(lease)).isEqualTo("cannot be satisfied");
        assertThat(lease.hasEnded()).isTrue();
        assertThat(Times.effectiveEnd(lease)).isNull();
        assertThat(Conditions.released(lease, null, NOON)).isSameAs(lease);
    }

    @Test
    void aLeaseThatIsReleasedWhileItWaits() {
        Lease lease = Conditions.released(
                Conditions.waiting(wants("l", "a=1"), LEASED, NOON), "nobody asked after it for 30m0s", NOON);
        assertThat(judged(lease)).isEqualTo("released");
        assertThat(last(lease)).endsWith("marked for release: nobody asked after it for 30m0s");
    }

    @Test
    void whatChangesNothingReturnsWhatItWasGiven() {
        Lease waiting = Conditions.waiting(wants("l", "a=1"), OFFLINE, NOON);
        assertThat(Conditions.waiting(waiting, OFFLINE, NOON.plusSeconds(60))).isSameAs(waiting);
        Lease other = Conditions.waiting(waiting, LEASED, NOON.plusSeconds(60));
        assertThat(other.conditions()).hasSize(1);
        // It is still one and the same wait.
        assertThat(other.conditions().get(0).since()).isEqualTo(NOON);
        Lease held = Conditions.granted(waiting, GRANT, NOON);
        assertThat(Conditions.waiting(held, LEASED, NOON)).isSameAs(held);
        assertThat(Conditions.hopeless(held, HOPELESS, NOON)).isSameAs(held);
        assertThatThrownBy(() -> Conditions.granted(held, GRANT, NOON)).isInstanceOf(IllegalStateException.class);
    }

    /** R16: what has ended is not gone through again. Whatever is tried in whatever order, the client is never misled. */
    @Test
    void R16_noOrderOfStepsMisleadsTheClient() {
        long seed = System.nanoTime();
        System.out.println("conditions seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            Lease lease = wants("l", "a=1");
            List<String> story = new ArrayList<>();
            for (int step = 0; step < 8; step++) {
                Lease before = lease;
                lease = step(lease, random.nextInt(6), NOON.plusSeconds(step), story);
                if (before.hasEnded()) {
                    assertThat(lease).as("%s", story).isSameAs(before);
                }
                check(lease, story);
            }
        }
    }

    private static Lease step(Lease lease, int which, Instant now, List<String> story) {
        story.add("" + which);
        return switch (which) {
            case 0 -> Conditions.waiting(lease, OFFLINE, now);
            case 1 -> Conditions.waiting(lease, LEASED, now);
            case 2 -> lease.isWaiting() ? Conditions.granted(lease, GRANT, now) : lease;
            case 3 -> Conditions.released(lease, null, now);
            case 4 -> Times.isOver(lease, now.plus(HOUR)) ? Conditions.expired(lease, now) : lease;
            default -> Conditions.hopeless(lease, HOPELESS, now);
        };
    }

    private static void check(Lease lease, List<String> story) {
        String judged = judged(lease);
        if (lease.isHeld()) {
            assertThat(judged).as("%s", story).isEqualTo("go");
            assertThat(last(lease)).as("%s", story).startsWith("Ready true");
        } else if (lease.isWaiting()) {
            assertThat(judged).as("%s", story).isEqualTo("wait");
        } else {
            assertThat(judged).as("%s", story).isIn("released", "cannot be satisfied", "wait");
            assertThat(is(lease, Condition.READY, true)).as("%s", story).isFalse();
        }
        assertThat(is(lease, Condition.PENDING, false)).as("%s", story).isFalse();
        assertThat(lease.conditions()).extracting(Condition::reason).doesNotContain("NoExporter");
    }
}
