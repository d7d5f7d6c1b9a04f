package dev.rigbus.app.command;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in all the forms that stock programs take: {@code 90}, {@code 1h30m}, {@code 01:30:00} and {@code PT1H30M}. */
final class DurationWords {
    private static final Pattern PARTS = Pattern.compile("(\\d+)\\s*(d|h|m|s)[a-z]*\\s*");

    private DurationWords() {}

    static Duration parse(Flag flag, String text) throws UsageException {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (word.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(word));
        }
        if (word.matches("\\d{1,4}:\\d{1,2}:\\d{1,2}")) {
            String[] parts = word.split(":");
            return Duration.ofHours(Long.parseLong(parts[0]))
                    .plusMinutes(Long.parseLong(parts[1]))
                    .plusSeconds(Long.parseLong(parts[2]));
        }
        if (word.startsWith("p")) {
            try {
                return Duration.parse(word);
            } catch (DateTimeParseException e) {
                throw wrong(flag, text);
            }
        }
        Matcher parts = PARTS.matcher(word);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (parts.find() && parts.start() == end && parts.group(1).length() < 10) {
            long amount = Long.parseLong(parts.group(1));
            sum = sum.plus(
                    switch (parts.group(2)) {
                        case "d" -> Duration.ofDays(amount);
                        case "h" -> Duration.ofHours(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        default -> Duration.ofSeconds(amount);
                    });
            end = parts.end();
        }
        if (end == 0 || end != word.length()) {
            throw wrong(flag, text);
        }
        return sum;
    }

    private static UsageException wrong(Flag flag, String text) {
        return new UsageException(flag.name() + " " + text + " (expected: as 30m, 1h30m, 3600 or 01:30:00)");
    }
}
