package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import java.util.Collection;

/**
 * What an exporter's tree can be made of.
 *
 * @param types drivers that run in this process
 * @param outposts what runs elsewhere
 */
public record DriverCatalog(Collection<DriverType<?>> types, Outposts outposts) {
    /** The type of a driver that only holds others; there always. */
    public static final String COMPOSITE = "jumpstarter_driver_composite.driver.Composite";

    /** Of drivers of this process alone. */
    public static DriverCatalog of(Collection<DriverType<?>> types) {
        return new DriverCatalog(types, Outposts.NONE);
    }
}
