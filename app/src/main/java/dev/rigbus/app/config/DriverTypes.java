package dev.rigbus.app.config;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.bridge.PythonOutposts;
import dev.rigbus.kernel.tree.DriverCatalog;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** What exporters can be made of: the driver types of all jars on the class path. */
public final class DriverTypes {
    private DriverTypes() {}

    /** All types; fails if a jar is broken or two claim the same name. */
    public static DriverCatalog load() throws ConfigException {
        try {
            Collection<DriverType<?>> types = collect(ServiceLoader.load(DriverProvider.class));
            List<String> here = Stream.concat(types.stream().map(DriverType::name), Stream.of(DriverCatalog.COMPOSITE))
                    .toList();
            return new DriverCatalog(types, new PythonOutposts(here, pythonCache(System.getenv())));
        } catch (ServiceConfigurationError e) {
            throw new ConfigException("a jar with drivers is broken: " + e.getMessage());
        }
    }

    /** Where environments with Python drivers are kept, by the XDG rules. */
    private static Path pythonCache(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.startsWith("/") ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("rigbus").resolve("python");
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
