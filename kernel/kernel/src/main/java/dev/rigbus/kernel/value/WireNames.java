package dev.rigbus.kernel.value;

import java.util.Locale;

/** Names in Java and on the wire. */
public final class WireNames {
    private WireNames() {}

    /** {@code callMethod} becomes {@code call_method}; a name that has no capital stays as it is. */
    public static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }
}
