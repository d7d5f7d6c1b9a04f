package dev.rigbus.app.config;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** What exporters can be made of: the driver types of all jars on the class path. */
public final class DriverTypes {
    private DriverTypes() {}

    /** All types; fails if a jar is broken or two claim the same name. */
    public static DriverCatalog load() throws ConfigException {
        try {
            return DriverCatalog.of(collect(ServiceLoader.load(DriverProvider.class)));
        } catch (ServiceConfigurationError e) {
            throw new ConfigException("a jar with drivers is broken: " + e.getMessage());
        }
    }

    static Collection<DriverType<?>> collect(Iterable<DriverProvider> providers) throws ConfigException {
        Map<String, DriverType<?>> types = new LinkedHashMap<>();
        Map<String, String> owners = new LinkedHashMap<>();
        for (DriverProvider provider : providers) {
            for (DriverType<?> type : provider.types()) {
                String other = owners.put(type.name(), provider.getClass().getName());
                if (other != null) {
                    throw new ConfigException("two jars bring the driver type " + type.name() + ": " + other + " and "
                            + provider.getClass().getName());
                }
                types.put(type.name(), type);
            }
        }
        return types.values();
    }
}
