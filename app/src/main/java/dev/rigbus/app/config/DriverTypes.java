package dev.rigbus.app.config;

import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.bridge.JvmOutposts;
import dev.rigbus.kernel.bridge.PythonOutposts;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.TypeRegistry;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** What exporters can be made of: the driver types of all jars on the class path. */
public final class DriverTypes {
    private DriverTypes() {}

    /**
     * All types; fails if a jar is broken or two claim the same name.
     *
     * @param apart the command that starts a process for drivers that run in their own
     */
    public static DriverCatalog load(Supplier<List<String>> apart) throws ConfigException {
        TypeRegistry registry = registry();
        PythonOutposts python = new PythonOutposts(() -> registry.types().keySet(), pythonCache(System.getenv()));
        return new DriverCatalog(registry, new JvmOutposts(registry, apart, python));
    }

    /** The types alone, all of which run in this process. */
    public static TypeRegistry registry() throws ConfigException {
        try {
            return TypeRegistry.of(collect(ServiceLoader.load(DriverProvider.class)));
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
