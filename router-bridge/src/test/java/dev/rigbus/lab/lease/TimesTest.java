package dev.rigbus.lab.lease;

import static dev.rigbus.lab.lease.Given.HOUR;
import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.NamesTest.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.Code;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.Lease.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times are written as seconds after noon, a dash for what is absent. */
class TimesTest {
    private static final String REQUIRED =
            "duration is required (must specify Duration, or both BeginTime and EndTime)";
    private static final String CONFLICT = "duration conflicts with begin_time and end_time";
    private static final String STARTED = "cannot update BeginTime: lease has already started";

    private static @Nullable Duration duration(@Nullable Long seconds) {
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    private static @Nullable Instant at(@Nullable Long seconds) {
        return seconds == null ? null : NOON.plusSeconds(seconds);
    }

    private static Lease lease(Time time) {
        return Given.lease("l", Wishes.of("a=1", null, Map.of(), Map.of(), false), time);
    }

    /** What was asked; before when it must not begin; when it ends if it was granted at {@code granted}. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            60, -,   -,   -,   60, 5,  65
            60, 100, -,   100, 60, 100, 160
            60, 100, -,   100, 60, 130, 160
            -,  100, 160, 100, 60, 130, 160
            60, -,   160, 100, 60, 130, 160
            60, 100, 160, 100, 60, 100, 160
            60, -10, -,   -10, 60, 5,   50
            """)
    void eachWayToAskGivesABeginAndAnEnd(
            @Nullable Long duration,
            @Nullable Long begin,
            @Nullable Long end,
            @Nullable Long notBefore,
            long lasting,
            long granted,
            long ends) {
        Time time = Times.create(duration(duration), at(begin), at(end));
        assertThat(Times.begin(time)).isEqualTo(at(notBefore));
        assertThat(Times.requested(time)).isEqualTo(Duration.ofSeconds(lasting));
        Lease held = Given.granted(lease(time), "e", 1, NOON.plusSeconds(granted));
        assertThat(Times.expiry(held)).isEqualTo(at(ends));
        assertThat(Times.isOver(held, NOON.plusSeconds(ends).minusMillis(1))).isFalse();
        assertThat(Times.isOver(held, NOON.plusSeconds(ends))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            -  | -   | -   | duration is required (must specify Duration, or both BeginTime and EndTime)
            -  | 100 | -   | duration is required (must specify Duration, or both BeginTime and EndTime)
            -  | -   | 100 | duration is required (must specify Duration, or both BeginTime and EndTime)
            0  | -   | -   | duration must be positive, got 0s
            -5 | -   | -   | duration must be positive, got -5s
            -5 | -   | 100 | duration must be positive, got -5s
            -  | 100 | 95  | duration must be positive, got -5s
            -  | 100 | 100 | duration must be positive, got 0s
            61 | 100 | 160 | duration conflicts with begin_time and end_time
            """)
    void otherWaysAreRefused(@Nullable Long duration, @Nullable Long begin, @Nullable Long end, String text) {
        refuses(() -> Times.create(duration(duration), at(begin), at(end)), Code.UNKNOWN, text);
    }

    /** A lease of these, asked to change to those before it has begun. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            60, -,   -,    -,  -,   -,    60, -,   -
            60, -,   -,    90, -,   -,    90, -,   -
            60, -,   -,    30, -,   -,    30, -,   -
            60, -,   -,    -,  100, -,    60, 100, -
            60, -,   -,    -,  -,   160,  60, -,   160
            60, 100, -,    -,  200, -,    60, 200, -
            60, 100, -,    -,  -,   130,  -,  100, 130
            60, 100, -,    90, -,   -,    90, 100, -
            -,  100, 160,  -,  110, -,    -,  110, 160
            -,  100, 160,  -,  -,   150,  -,  100, 150
            -,  100, 160,  60, -,   -,    -,  100, 160
            -,  100, 160,  60, 200, -,    60, 200, -
            -,  100, 160,  -,  200, 230,  -,  200, 230
            60, -,   160,  -,  110, -,    -,  110, 160
            60, -,   160,  -,  -,   200,  60, -,   200
            60, -,   160,  30, -,   -,    30, -,   160
            60, 100, -,    90, 100, 190,  -,  100, 190
            """)
    void eachTimeOfAPlannedLeaseCanBeChangedAlone(
            @Nullable Long oldDuration,
            @Nullable Long oldBegin,
            @Nullable Long oldEnd,
            @Nullable Long duration,
            @Nullable Long begin,
            @Nullable Long end,
            @Nullable Long newDuration,
            @Nullable Long newBegin,
            @Nullable Long newEnd) {
        Lease lease = lease(Times.create(duration(oldDuration), at(oldBegin), at(oldEnd)));
        assertThat(TimeChange.of(lease, duration(duration), at(begin), at(end)).time())
                .isEqualTo(new Time(duration(newDuration), at(newBegin), at(newEnd)));
    }

    /** A lease of these that was granted at 110: when it ends then, or why it cannot be changed. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            60 | -   | -   | 90  | -   | -   | 200 | false
            60 | -   | -   | 30  | -   | -   | 140 | true
            60 | -   | -   | 1   | -   | -   | 111 | true
            60 | -   | -   | 60  | -   | -   | 170 | false
            60 | -   | -   | -   | 110 | -   | 170 | false
            60 | -   | -   | -   | -   | 120 | 120 | true
            60 | -   | -   | -   | -   | 500 | 500 | false
            60 | -   | -   | 90  | -   | 200 | 200 | false
            60 | 100 | -   | 90  | -   | -   | 190 | false
            60 | 100 | -   | 5   | -   | -   | 105 | true
            60 | 100 | -   | -   | 100 | -   | 160 | false
            60 | 100 | -   | -   | -   | 150 | 150 | true
            -  | 100 | 160 | -   | -   | 170 | 170 | false
            -  | 100 | 160 | 60  | -   | -   | 160 | false
            60 | -   | 160 | -   | -   | 170 | 170 | false
            60 | -   | -   | -   | 111 | -   | cannot update BeginTime: lease has already started | -
            60 | 100 | -   | -   | 120 | -   | cannot update BeginTime: lease has already started | -
            60 | -   | -   | 0   | -   | -   | duration must be positive, got 0s | -
            60 | -   | -   | -   | -   | 100 | duration must be positive, got -10s | -
            60 | -   | -   | 90  | -   | 201 | duration conflicts with begin_time and end_time | -
            -  | 100 | 160 | 90  | -   | -   | duration conflicts with begin_time and end_time | -
            60 | -   | 160 | 90  | -   | -   | duration conflicts with begin_time and end_time | -
            """)
    void aRunningLeaseKeepsItsBegin(
            @Nullable Long oldDuration,
            @Nullable Long oldBegin,
            @Nullable Long oldEnd,
            @Nullable Long duration,
            @Nullable Long begin,
            @Nullable Long end,
            String expected,
            @Nullable Boolean shortens) {
        Lease asked = lease(Times.create(duration(oldDuration), at(oldBegin), at(oldEnd)));
        Lease held = Given.granted(asked, "e", 1, NOON.plusSeconds(110));
        if (shortens == null) {
            refuses(() -> TimeChange.of(held, duration(duration), at(begin), at(end)), Code.UNKNOWN, expected);
            return;
        }
        TimeChange change = TimeChange.of(held, duration(duration), at(begin), at(end));
        assertThat(Times.expiry(held.withTime(change.time()))).isEqualTo(at(Long.valueOf(expected)));
        assertThat(change.shortens()).isEqualTo(shortens);
    }

    /** R12: the number is the whole, so a smaller one shortens; that is done and is said. */
    @Test
    void R12_shorteningIsSaid() {
        Lease held = Given.granted(lease(Times.create(HOUR, null, null)), "e", 1, NOON);
        assertThat(TimeChange.of(held, HOUR.plusMinutes(30), null, null).shortens())
                .isFalse();
        TimeChange shorter = TimeChange.of(held, Duration.ofMinutes(30), null, null);
        assertThat(shorter.shortens()).isTrue();
        // After 50 minutes half an hour is over: the lease ends then and there.
        assertThat(Times.isOver(held.withTime(shorter.time()), NOON.plus(Duration.ofMinutes(50))))
                .isTrue();
        Lease planned = lease(Times.create(HOUR, null, null));
        assertThat(TimeChange.of(planned, Duration.ofMinutes(59), null, null).shortens())
                .isTrue();
    }

    @Test
    void effectiveTimesAreThoseOfTheBoard() {
        Lease waiting = lease(Times.create(HOUR, NOON, null));
        assertThat(Times.effectiveBegin(waiting)).isNull();
        assertThat(Times.effectiveDuration(waiting, NOON.plusSeconds(9))).isZero();
        assertThat(Times.effectiveEnd(Conditions.released(waiting, null, NOON))).isNull();

        Lease held = Given.granted(waiting, "e", 1, NOON.plusSeconds(5));
        assertThat(Times.effectiveBegin(held)).isEqualTo(NOON.plusSeconds(5));
        assertThat(Times.effectiveEnd(held)).isNull();
        assertThat(Times.effectiveDuration(held, NOON.plusMillis(9_900))).isEqualTo(Duration.ofSeconds(4));
        // A clock that is behind the one that granted it.
        assertThat(Times.effectiveDuration(held, NOON)).isZero();

        Lease released = Conditions.released(held, null, NOON.plusMillis(65_700));
        assertThat(Times.effectiveEnd(released)).isEqualTo(NOON.plusSeconds(65));
        assertThat(Times.effectiveDuration(released, NOON.plus(Duration.ofDays(9))))
                .isEqualTo(Duration.ofMinutes(1));

        // Noticed an hour late, after everything was down.
        Lease expired = Conditions.expired(held, NOON.plus(HOUR).plus(HOUR));
        assertThat(Times.effectiveEnd(expired)).isEqualTo(NOON.plus(HOUR));
    }

    @Test
    void whatHasEndedNeverEndsBeforeItBegan() {
        Lease held = Given.granted(lease(Times.create(null, NOON, NOON.plusSeconds(10))), "e", 1, NOON.plusSeconds(30));
        assertThat(Times.isOver(held, NOON.plusSeconds(30))).isTrue();
        assertThat(Times.effectiveEnd(Conditions.expired(held, NOON.plusSeconds(30))))
                .isEqualTo(NOON.plusSeconds(30));
        assertThat(Times.effectiveEnd(Conditions.released(held, null, NOON))).isEqualTo(NOON.plusSeconds(30));
    }

    /** R47: a lease ends by the lab's time, which is all that is asked; the clocks of the nodes are not looked at. */
    @Test
    void R47_endsDependOnTheGrantAndTheAskedTimeAlone() {
        Lease held = Given.granted(lease(Times.create(HOUR, null, null)), "e", 1, NOON);
        Instant expiry = Objects.requireNonNull(Times.expiry(held));
        for (Duration skew : List.of(Duration.ofMinutes(-10), Duration.ZERO, Duration.ofMinutes(10))) {
            // Written, sent and read by a node whose own clock is off.
            Lease there = dev.rigbus.lab.model.Records.read(
                    Lease.class, dev.rigbus.lab.model.Records.write(Given.created(held, NOON.plus(skew))));
            assertThat(Times.expiry(there)).isEqualTo(expiry);
        }
    }

    @Test
    void textsAreAsTheWireKnowsThem() {
        refuses(() -> Times.create(null, null, null), Code.UNKNOWN, REQUIRED);
        Lease held = Given.granted(lease(Times.create(HOUR, null, null)), "e", 1, NOON);
        refuses(() -> TimeChange.of(held, null, NOON.plusSeconds(1), null), Code.UNKNOWN, STARTED);
        refuses(() -> Times.create(HOUR, NOON, NOON), Code.UNKNOWN, "duration must be positive, got 0s");
        refuses(() -> Times.create(HOUR, NOON, NOON.plusSeconds(1)), Code.UNKNOWN, CONFLICT);
    }
}
