package dev.rigbus.lab.lease;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One of the demands of a {@link Selector}.
 *
 * @param values in order; one of them for the comparisons, none for the two that ask for presence
 */
public record Requirement(String key, Operator operator, List<String> values) {
    /** Of one key first what it must be, then what it must not be, then whether it must be there. */
    static final Comparator<Requirement> ORDER = Comparator.comparing(Requirement::key)
            .thenComparing(Requirement::operator)
            .thenComparing(r -> String.join(",", r.values));

    /** In the order in which those of one key are shown. */
    public enum Operator {
        EQUALS("=", "="),
        DOUBLE_EQUALS("==", "=="),
        IN("in", "in"),
        NOT_EQUALS("!=", "!="),
        NOT_IN("notin", "notin"),
        EXISTS("", "exists"),
        ABSENT("!", "!"),
        GREATER(">", "gt"),
        LESS("<", "lt");

        final String sign;
        final String name;

        Operator(String sign, String name) {
            this.sign = sign;
            this.name = name;
        }
    }

    static Requirement of(String key, Operator operator, Set<String> values) {
        return new Requirement(key, operator, List.copyOf(new TreeSet<>(values)));
    }

    boolean matches(Map<String, String> labels) {
        String value = labels.get(key);
        return switch (operator) {
            case EQUALS, DOUBLE_EQUALS, IN -> value != null && values.contains(value);
            case NOT_EQUALS, NOT_IN -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case ABSENT -> value == null;
            case GREATER -> compare(value) > 0;
            case LESS -> compare(value) < 0;
        };
    }

    /** 0 also for what is no number: neither greater nor less. */
    private int compare(@Nullable String value) {
        if (value == null) {
            return 0;
        }
        try {
            return Long.compare(Long.parseLong(value), Long.parseLong(values.get(0)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String toString() {
        return switch (operator) {
            case EXISTS -> key;
            case ABSENT -> "!" + key;
            case IN, NOT_IN -> key + " " + operator.sign + " (" + String.join(",", values) + ")";
            default -> key + operator.sign + values.get(0);
        };
    }
}
