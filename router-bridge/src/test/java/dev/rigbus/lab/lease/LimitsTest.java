package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.lease;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.lab.model.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final Duration TEN = Duration.ofMinutes(10);
    private static final Limits LIMITS = new Limits(TEN, TEN, Duration.ofDays(1), 3);
    private static final Limits NEVER = new Limits(Duration.ZERO, Duration.ZERO, Duration.ZERO, 1_000);
    private static final Instant LONG_AGO = NOON.minus(Duration.ofDays(9));

    @Test
    void R02_aBoardThatNobodyDialsIsGivenBack() {
        Lease held = granted(wants("l", "a"), "e", 1, NOON);
        assertThat(LIMITS.unusedAt(held, false, LONG_AGO)).isEqualTo(NOON.plus(TEN));
        assertThat(LIMITS.unusedAt(held, true, LONG_AGO)).isNull();
        assertThat(NEVER.unusedAt(held, false, LONG_AGO)).isNull();
        assertThat(LIMITS.unusedAt(wants("l", "a"), false, LONG_AGO)).isNull();
        assertThat(LIMITS.unusedAt(Conditions.released(held, null, NOON), false, LONG_AGO))
                .isNull();
        // Who knows what happened before the node began to look.
        assertThat(LIMITS.unusedAt(held, false, NOON.plus(HOUR)))
                .isEqualTo(NOON.plus(HOUR).plus(TEN));
    }

    @Test
    void R09_aWaitThatNobodyAsksAfterEnds() {
        Lease waiting = wants("l", "a");
        assertThat(LIMITS.abandonedAt(waiting, null, LONG_AGO)).isEqualTo(NOON.plus(TEN));
        assertThat(LIMITS.abandonedAt(waiting, NOON.plus(HOUR), LONG_AGO))
                .isEqualTo(NOON.plus(HOUR).plus(TEN));
        assertThat(LIMITS.abandonedAt(waiting, null, NOON.plusSeconds(5)))
                .isEqualTo(NOON.plusSeconds(5).plus(TEN));
        assertThat(NEVER.abandonedAt(waiting, null, LONG_AGO)).isNull();
        assertThat(LIMITS.abandonedAt(granted(waiting, "e", 1, NOON), null, LONG_AGO))
                .isNull();
        Lease tomorrow =
                lease("s", Wishes.of("a", null, Map.of(), Map.of(), false), Times.create(HOUR, NOON.plus(HOUR), null));
        assertThat(LIMITS.abandonedAt(tomorrow, NOON, LONG_AGO))
                .isEqualTo(NOON.plus(HOUR).plus(TEN));
    }

    @Test
    void endedLeasesAreKeptForATimeAndUpToANumber() {
        TreeSet<Lease> ended = new TreeSet<>(Comparator.comparing(
                (Lease lease) -> Objects.requireNonNull(lease.ending()).at()));
        for (int hour = 0; hour < 5; hour++) {
            ended.add(Conditions.released(wants("l" + hour, "a"), null, NOON.plus(HOUR.multipliedBy(hour))));
        }
        // Two too many, both older than what somebody may still be looking for.
        assertThat(LIMITS.outdated(ended, NOON.plus(HOUR.multipliedBy(4))))
                .extracting(lease -> lease.name().name())
                .containsExactly("l0", "l1");
        assertThat(LIMITS.outdated(ended, NOON.plusSeconds(60))).isEmpty();
        assertThat(LIMITS.outdated(ended, NOON.plus(HOUR.multipliedBy(26))))
                .extracting(lease -> lease.name().name())
                .containsExactly("l0", "l1", "l2");
        assertThat(NEVER.outdated(ended, NOON.plus(Duration.ofDays(999)))).isEmpty();
    }
}
