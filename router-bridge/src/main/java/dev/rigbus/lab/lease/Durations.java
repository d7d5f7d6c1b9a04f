package dev.rigbus.lab.lease;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as the wire's texts write them: {@code 1h0m0s}, {@code 1.5s}, {@code -5s}. */
public final class Durations {
    private Durations() {}

    public static String text(Duration duration) {
        if (duration.isNegative()) {
            return "-" + text(duration.negated());
        }
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.toMillis() == 0) {
            return number(BigDecimal.valueOf(duration.toNanos(), 3)) + "µs";
        }
        if (duration.toSeconds() == 0) {
            return number(BigDecimal.valueOf(duration.toNanos(), 6)) + "ms";
        }
        String seconds =
                number(BigDecimal.valueOf(duration.toSecondsPart()).add(BigDecimal.valueOf(duration.toNanosPart(), 9)));
        String minutes = duration.toMinutes() == 0 ? "" : duration.toMinutesPart() + "m";
        String hours = duration.toHours() == 0 ? "" : duration.toHours() + "h";
        return hours + minutes + seconds + "s";
    }

    private static String number(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
