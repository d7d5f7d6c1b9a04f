package dev.rigbus.lab.lease;

import dev.rigbus.lab.lease.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the text of a selector. Its complaints are worded as the wire's clients know them. */
final class SelectorParser {
    private static final String SIGNS = "=!(),<>";
    private static final Map<String, Operator> OPERATORS = Map.of(
            "in", Operator.IN,
            "notin", Operator.NOT_IN,
            "=", Operator.EQUALS,
            "==", Operator.DOUBLE_EQUALS,
            "!=", Operator.NOT_EQUALS,
            ">", Operator.GREATER,
            "<", Operator.LESS);

    private final List<String> tokens;
    private int next;

    private SelectorParser(String text) {
        tokens = split(text);
    }

    static List<Requirement> parse(String text) {
        return new SelectorParser(text).requirements();
    }

    private List<Requirement> requirements() {
        List<Requirement> all = new ArrayList<>();
        if (peek().isEmpty()) {
            return all;
        }
        if (!isWord(peek()) && !peek().equals("!")) {
            throw found(peek(), ", expected: !, identifier, or 'end of string'");
        }
        while (true) {
            try {
                all.add(requirement());
            } catch (SelectorException e) {
                throw new SelectorException("unable to parse requirement: " + e.getMessage());
            }
            String after = take();
            if (after.isEmpty()) {
                return all;
            }
            if (!after.equals(",")) {
                throw found(after, ", expected: ',' or 'end of string'");
            }
            if (!isWord(peek()) && !peek().equals("!")) {
                throw found(peek(), ", expected: identifier after ','");
            }
        }
    }

    private Requirement requirement() {
        boolean absent = peek().equals("!");
        if (absent) {
            take();
        }
        String key = take();
        if (!isWord(key)) {
            throw found(key, ", expected: identifier");
        }
        String wrong = Labels.wrongKey(key);
        if (wrong != null) {
            throw new SelectorException("key \"" + key + "\": " + wrong);
        }
        if (absent) {
            return Requirement.of(key, Operator.ABSENT, Set.of());
        }
        if (peek().isEmpty() || peek().equals(",")) {
            return Requirement.of(key, Operator.EXISTS, Set.of());
        }
        String sign = take();
        Operator operator = OPERATORS.get(sign);
        if (operator == null) {
            throw found(sign, ", expected: in, notin, =, ==, !=, gt, lt");
        }
        boolean list = operator == Operator.IN || operator == Operator.NOT_IN;
        return checked(Requirement.of(key, operator, list ? list() : Set.of(value())));
    }

    /** Nothing at all is the empty value. */
    private String value() {
        if (peek().isEmpty() || peek().equals(",")) {
            return "";
        }
        String value = take();
        if (!isWord(value)) {
            throw found(value, ", expected: identifier");
        }
        return value;
    }

    private Set<String> list() {
        String open = take();
        if (!open.equals("(")) {
            throw found(open, " expected: '('");
        }
        Set<String> values = new TreeSet<>();
        while (true) {
            String value = peek();
            boolean missing = value.equals(",") || value.equals(")");
            if (!missing && !isWord(value)) {
                throw found(value, ", expected: ',', ')' or identifier");
            }
            values.add(missing ? "" : take());
            String after = take();
            if (after.equals(")")) {
                return values;
            }
            if (!after.equals(",")) {
                throw found(after, ", expected: ',' or ')'");
            }
        }
    }

    private static Requirement checked(Requirement requirement) {
        for (String value : requirement.values()) {
            String wrong = isComparison(requirement) ? wrongNumber(value) : Labels.wrongValue(value);
            if (wrong != null) {
                throw new SelectorException("value \"" + value + "\" of key \"" + requirement.key() + "\": " + wrong);
            }
        }
        return requirement;
    }

    private static boolean isComparison(Requirement requirement) {
        return requirement.operator() == Operator.GREATER || requirement.operator() == Operator.LESS;
    }

    private static @Nullable String wrongNumber(String value) {
        try {
            Long.parseLong(value);
            return null;
        } catch (NumberFormatException e) {
            return "must be a whole number to be compared";
        }
    }

    private static SelectorException found(String token, String expected) {
        return new SelectorException("found '" + token + "'" + expected);
    }

    /** The next token; empty at the end. */
    private String peek() {
        return next < tokens.size() ? tokens.get(next) : "";
    }

    private String take() {
        String token = peek();
        next++;
        return token;
    }

    private static boolean isWord(String token) {
        return !token.isEmpty() && SIGNS.indexOf(token.charAt(0)) < 0;
    }

    private static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isSpace(c)) {
                at++;
                continue;
            }
            int end = SIGNS.indexOf(c) >= 0 ? endOfSign(text, at) : endOfWord(text, at);
            tokens.add(text.substring(at, end));
            at = end;
        }
        return tokens;
    }

    private static int endOfSign(String text, int start) {
        boolean two = text.startsWith("==", start) || text.startsWith("!=", start);
        return start + (two ? 2 : 1);
    }

    private static int endOfWord(String text, int start) {
        int end = start;
        while (end < text.length() && !isSpace(text.charAt(end)) && SIGNS.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }
}
