package dev.rigbus.lab.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureCountTest {
    private final FailureCount failures = new FailureCount();
    private Instant now = Instant.parse("2030-01-01T12:00:00Z");

    private String startAfter(int seconds) {
        now = now.plusSeconds(seconds);
        return failures.started(now);
    }

    private void fourQuickStarts() {
        assertThat(startAfter(100)).isNull();
        for (int i = 0; i < 4; i++) {
            assertThat(startAfter(10)).isNull();
        }
    }

    @Test
    void R48_fiveQuickStartsAreEnough() {
        fourQuickStarts();
        assertThat(startAfter(59)).contains("quarantined", "5 times", "within 60 s");
        assertThat(startAfter(1)).as("after an administrator let it in again").isNull();
    }

    @Test
    void R48_whoLastsAMinuteIsNotFast() {
        fourQuickStarts();
        assertThat(startAfter(60)).isNull();
        assertThat(startAfter(1)).isNull();
    }

    @Test
    void R48_aGoodbyeOrALeaseThatWorkedClearsTheCount() {
        fourQuickStarts();
        failures.saidGoodbye();
        assertThat(startAfter(1)).isNull();
        fourQuickStarts();
        failures.worked();
        assertThat(startAfter(1)).isNull();
    }

    @Test
    void R48_fiveLeasesInARowThatCouldNotBeginAreEnough() {
        for (int i = 0; i < 4; i++) {
            assertThat(failures.hookFailed("exit code 3")).isNull();
        }
        assertThat(failures.hookFailed("exit code 4")).contains("5 leases in a row", "exit code 4");
    }

    @Test
    void R48_oneLeaseThatBeginsInBetweenIsEnoughToGoOn() {
        for (int i = 0; i < 20; i++) {
            assertThat(failures.hookFailed("exit code 3")).isNull();
            if (i % 4 == 3) {
                failures.worked();
            }
        }
    }
}
