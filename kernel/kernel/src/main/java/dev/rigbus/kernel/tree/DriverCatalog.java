package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import java.util.Collection;
import java.util.Map;

/**
 * What an exporter's tree can be made of.
 *
 * @param registry drivers that run in this process
 * @param outposts what runs elsewhere
 * @param isComplete whether a type that is not known is a mistake; else it may still come
 */
public record DriverCatalog(TypeRegistry registry, Outposts outposts, boolean isComplete) {
    /** The type of a driver that only holds others; there always. */
    public static final String COMPOSITE = "jumpstarter_driver_composite.driver.Composite";

    public DriverCatalog(TypeRegistry registry, Outposts outposts) {
        this(registry, outposts, true);
    }

    /** Of drivers of this process alone. */
    public static DriverCatalog of(Collection<DriverType<?>> types) {
        return new DriverCatalog(TypeRegistry.of(types), Outposts.NONE);
    }

    /** The same types, with other places to run. */
    public DriverCatalog with(Outposts other) {
        return new DriverCatalog(registry, other, isComplete);
    }

    /** The same while types may still come, with the bundles of a lab. */
    public DriverCatalog awaitingTypes() {
        return new DriverCatalog(registry, outposts, false);
    }

    /** The types as they are now, by name. */
    public Map<String, DriverType<?>> types() {
        return registry.types();
    }
}
