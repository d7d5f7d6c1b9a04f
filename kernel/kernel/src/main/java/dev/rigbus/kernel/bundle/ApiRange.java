package dev.rigbus.kernel.bundle;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions of the driver API that a bundle can live with: {@code 1.2} for that and all later ones of the same first number, or an interval
 * as {@code [1.2,3)}.
 */
record ApiRange(String text, Version least, boolean withLeast, Version most, boolean withMost) {
    private static final Pattern INTERVAL = Pattern.compile("([\\[(])\\s*([\\d.]+)\\s*,\\s*([\\d.]+)\\s*([\\])])");

    /** Numbers with dots between them; what is missing counts as 0. */
    record Version(List<Integer> numbers) implements Comparable<Version> {
        static Version of(String text) {
            return new Version(
                    Arrays.stream(text.split("\\.", -1)).map(Integer::valueOf).toList());
        }

        private int at(int place) {
            return place < numbers.size() ? numbers.get(place) : 0;
        }

        @Override
        public int compareTo(Version other) {
            for (int i = 0; i < Math.max(numbers.size(), other.numbers.size()); i++) {
                if (at(i) != other.at(i)) {
                    return Integer.compare(at(i), other.at(i));
                }
            }
            return 0;
        }
    }

    /** @throws IllegalArgumentException for what is no range */
    static ApiRange parse(String text) {
        try {
            Matcher interval = INTERVAL.matcher(text.strip());
            if (interval.matches()) {
                return new ApiRange(
                        text.strip(),
                        Version.of(interval.group(2)),
                        interval.group(1).equals("["),
                        Version.of(interval.group(3)),
                        interval.group(4).equals("]"));
            }
            Version least = Version.of(text.strip());
            return new ApiRange(text.strip(), least, true, new Version(List.of(least.at(0) + 1)), false);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" (expected: a version as 1.2, or an interval as [1.2,3))");
        }
    }

    boolean has(String version) {
        Version given = Version.of(version);
        int low = given.compareTo(least);
        int high = given.compareTo(most);
        return (low > 0 || withLeast && low == 0) && (high < 0 || withMost && high == 0);
    }
}
