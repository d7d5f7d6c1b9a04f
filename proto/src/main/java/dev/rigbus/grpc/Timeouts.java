package dev.rigbus.grpc;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The values of {@code grpc-timeout}: up to eight digits and a unit. */
final class Timeouts {
    private Timeouts() {}

    static long nanos(String text) {
        try {
            long amount = Long.parseLong(text.substring(0, text.length() - 1));
            return unit(text.charAt(text.length() - 1)).toNanos(Math.max(0, amount));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new StatusException(
                    Code.INVALID_ARGUMENT, "grpc-timeout: " + text + " (expected digits and one of HMSmun)");
        }
    }

    static String text(Duration timeout) {
        long millis = timeout.toMillis();
        return millis < 100_000_000 ? millis + "m" : Math.min(99_999_999, timeout.toSeconds()) + "S";
    }

    private static TimeUnit unit(char letter) {
        return switch (letter) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> throw new NumberFormatException();
        };
    }
}
