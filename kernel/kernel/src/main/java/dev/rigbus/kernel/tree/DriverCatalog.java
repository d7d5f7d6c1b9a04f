package dev.rigbus.kernel.tree;

import dev.rigbus.driver.DriverType;
import java.util.Collection;

/**
 * What an exporter's tree can be made of.
 *
 * @param types drivers that run in this process
 * @param mounts what runs elsewhere
 */
public record DriverCatalog(Collection<DriverType<?>> types, Mounts mounts) {
    /** Of drivers of this process alone. */
    public static DriverCatalog of(Collection<DriverType<?>> types) {
        return new DriverCatalog(types, Mounts.NONE);
    }
}
