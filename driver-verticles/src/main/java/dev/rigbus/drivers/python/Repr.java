package dev.rigbus.drivers.python;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Python's notation of values, which stock drivers put into their messages. */
public final class Repr {
    private Repr() {}

    /** The text between quotes: single ones, or double ones where the text has a single quote and no double one. */
    public static String of(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder result = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> append(result, c, quote));
        return result.append(quote).toString();
    }

    public static String of(List<String> texts) {
        return texts.stream().map(Repr::of).collect(Collectors.joining(", ", "[", "]"));
    }

    /** The type of a value that came over the wire. */
    public static String typeOf(@Nullable Object value) {
        String name = "object";
        if (value == null) {
            name = "NoneType";
        } else if (value instanceof String) {
            name = "str";
        } else if (value instanceof Boolean) {
            name = "bool";
        } else if (value instanceof Number) {
            name = "float";
        } else if (value instanceof List) {
            name = "list";
        } else if (value instanceof Map) {
            name = "dict";
        }
        return "<class '" + name + "'>";
    }

    private static void append(StringBuilder result, int c, char quote) {
        switch (c) {
            case '\n' -> result.append("\\n");
            case '\r' -> result.append("\\r");
            case '\t' -> result.append("\\t");
            case '\\' -> result.append("\\\\");
            default -> {
                if (c == quote) {
                    result.append('\\').append(quote);
                } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                    result.append(String.format("\\x%02x", c));
                } else {
                    result.appendCodePoint(c);
                }
            }
        }
    }
}
