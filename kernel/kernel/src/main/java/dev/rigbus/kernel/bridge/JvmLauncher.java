package dev.rigbus.kernel.bridge;

import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.tree.TypeRegistry;
import dev.rigbus.kernel.tree.TypeRegistry.Origin;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts JVMs with drivers of this JVM's class path and of bundles. */
final class JvmLauncher implements Launcher {
    private final TypeRegistry registry;
    private final Supplier<List<String>> command;
    private final Map<String, DriverType<?>> used;

    /** @param used the types of driver that run there */
    JvmLauncher(TypeRegistry registry, Supplier<List<String>> command, Map<String, DriverType<?>> used) {
        this.registry = registry;
        this.command = command;
        this.used = used;
    }

    @Override
    public String what() {
        return "the drivers that run apart";
    }

    @Override
    public ChildProcess launch(JsonObject order, Consumer<String> output) throws IOException {
        Set<Origin> origins = new LinkedHashSet<>();
        for (DriverType<?> type : used.values()) {
            Origin origin = registry.origin(type);
            if (origin != null) {
                origins.add(origin);
            }
        }
        JsonArray bundles = new JsonArray();
        origins.forEach(origin -> bundles.add(new JsonObject()
                .put("jar", origin.jar().toString())
                .put("unpacked", origin.unpacked().toString())));
        return ChildProcess.start(command.get(), order.copy().put("bundles", bundles), what(), output);
    }

    @Override
    public @Nullable Launcher with(Map<String, DriverType<?>> types) {
        Map<String, DriverType<?>> now = new TreeMap<>();
        used.forEach((name, type) -> {
            DriverType<?> next = types.get(name);
            if (next == null) {
                throw new IllegalStateException("the driver type " + name + " would be gone, which runs apart");
            }
            now.put(name, next);
        });
        return now.equals(used) ? null : new JvmLauncher(registry, command, now);
    }
}
