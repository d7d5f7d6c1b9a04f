package dev.rigbus.drivers.shell;

import dev.rigbus.drivers.python.Repr;

/** What a client gives to a script as text. */
final class Arguments {
    private Arguments() {}

    /** The system ends its texts with a null byte, so none can contain one. */
    static String checked(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("embedded null byte in " + Repr.of(text));
        }
        return text;
    }
}
