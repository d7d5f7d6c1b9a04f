package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.tree.NodeSpec.DriverSpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is configured at one place of a tree, and how an instance of it is made.
 *
 * @param spec absent for a group, and for what a driver has brought itself
 * @param labels of the configuration
 * @param methodDescriptions of the configuration
 */
record Maker(
        @Nullable DriverSpec spec,
        Contexts contexts,
        @Nullable String description,
        Map<String, String> methodDescriptions,
        Map<String, String> labels) {
    /** Makes the world of an instance. */
    @FunctionalInterface
    interface Contexts {
        NodeContext make(Map<String, Driver> children, boolean successor);
    }

    /**
     * Makes an instance; it may block.
     *
     * @param successor whether another is in use at the same place
     */
    Made make(DriverType<?> type, Map<String, Driver> children, boolean successor) {
        NodeContext context = contexts.make(children, successor);
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
