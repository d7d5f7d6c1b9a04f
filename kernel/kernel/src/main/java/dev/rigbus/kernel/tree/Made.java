package dev.rigbus.kernel.tree;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a driver, not necessarily started.
 *
 * @param type what it was made with; absent for one that another has made
 */
record Made(Driver driver, NodeContext context, @Nullable DriverType<?> type) {
    /** The children that it brings itself, by name. */
    Map<String, Made> brought() {
        Map<String, Made> all = new LinkedHashMap<>();
        driver.children().forEach((name, child) -> {
            NodeContext world = context.brought().get(name);
            if (world == null) {
                throw new DriverStartException(
                        context.path(),
                        new IllegalStateException(
                                "its child " + name + " was not made with context.child(\"" + name + "\")"));
            }
            all.put(name, new Made(child, world, null));
        });
        return all;
    }
}
