package dev.rigbus.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LabClockTest {
    private final AtomicLong wall = new AtomicLong(1_000_000);
    private final AtomicLong nanos = new AtomicLong(77);
    private final LabClock clock = new LabClock(wall::get, nanos::get);

    private void pass(long millis) {
        nanos.addAndGet(millis * 1_000_000);
    }

    @Test
    void aClockOnTheWallThatIsSetChangesNothing() {
        wall.addAndGet(-600_000);
        pass(5);
        assertThat(clock.time()).isEqualTo(1_000_005);
    }

    @Test
    void standsStillUntilTheOthersHaveCaughtUp() {
        assertThat(clock.time()).isEqualTo(1_000_000);
        clock.set(999_000);
        pass(400);
        assertThat(clock.time()).isEqualTo(1_000_000);
        pass(1_000);
        assertThat(clock.time()).isEqualTo(1_000_400);
    }

    @Test
    void isSetBackWhereNobodyHasAskedForTheTimeYet() {
        clock.set(400_000);
        assertThat(clock.time()).isEqualTo(400_000);
    }

    @Test
    void goesOnFromTheLatestRecord() {
        clock.atLeast(2_000_000);
        assertThat(clock.time()).isEqualTo(2_000_000);
        clock.atLeast(1_500_000);
        pass(1);
        assertThat(clock.time()).isEqualTo(2_000_001);
    }
}
