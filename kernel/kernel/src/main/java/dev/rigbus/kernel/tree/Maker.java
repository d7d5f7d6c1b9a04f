package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is configured at one place of a tree, and how an instance of it is made.
 *
 * @param spec absent for a group, and for what a driver has brought itself
 * @param contexts makes the world of an instance, which has these children
 * @param labels of the configuration
 * @param methodDescriptions of the configuration
 */
record Maker(
        @Nullable DriverSpec spec,
        Function<Map<String, Driver>, NodeContext> contexts,
        @Nullable String description,
        Map<String, String> methodDescriptions,
        Map<String, String> labels) {
    /** Makes an instance; it may block. */
    Made make(DriverType<?> type, Map<String, Driver> children) {
        NodeContext context = contexts.apply(children);
        if (spec == null) {
            throw new IllegalStateException(context.path() + " is not configured by itself");
        }
        try {
            return new Made(type.create(SpecCheck.settings(spec), context), context, type);
        } catch (Exception e) {
            throw new DriverStartException(context.path(), e);
        }
    }
}
