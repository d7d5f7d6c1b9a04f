package dev.rigbus.kernel.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;

/** The drivers of the Python implementation: the types that a configuration may name, and the packages that they stand in. */
final class StockTypes {
    private static final String MODULE = "jumpstarter_driver_";
    private static final String VERSION = "0.9.0";
    private static final Set<String> NAMES = read();

    private StockTypes() {}

    private static Set<String> read() {
        try (var list = Objects.requireNonNull(StockTypes.class.getResourceAsStream("stock-types.txt"))) {
            return Set.of(new String(list.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<String> names() {
        return NAMES;
    }

    /** The package of a type, with its version, as pip takes it. */
    static String packageOf(String type) {
        String module = type.substring(0, type.indexOf('.'));
        return "jumpstarter-driver-" + module.substring(MODULE.length()).replace('_', '-') + "==" + VERSION;
    }
}
