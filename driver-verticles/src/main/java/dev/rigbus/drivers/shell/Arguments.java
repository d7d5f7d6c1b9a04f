package dev.rigbus.drivers.shell;

import dev.rigbus.drivers.python.Repr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments that a client gives to a script. */
final class Arguments {
    private Arguments() {}

    static List<String> checked(@Nullable Object... given) {
        List<String> result = new ArrayList<>();
        for (Object value : given) {
            if (!(value instanceof String text)) {
                throw new IllegalArgumentException("All arguments must be strings, got " + Repr.typeOf(value));
            }
            result.add(checked(text));
        }
        return result;
    }

    /** The system ends its texts with a null byte, so none can contain one. */
    static String checked(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("embedded null byte in " + Repr.of(text));
        }
        return text;
    }
}
