package dev.rigbus.kernel.grpc;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an exporter serves: methods that it always has, and those of its drivers, which change with them.
 *
 * @param fixed by path
 * @param changing asked for all others
 */
record Served(Map<String, CallHandler> fixed, CallHandlers changing) implements CallHandlers {
    @Override
    public @Nullable CallHandler find(String path) {
        CallHandler known = fixed.get(path);
        return known == null ? changing.find(path) : known;
    }

    /** The same, each with something before it. */
    Served guarded(UnaryOperator<CallHandler> guard) {
        Map<String, CallHandler> all = new HashMap<>();
        fixed.forEach((path, handler) -> all.put(path, guard.apply(handler)));
        return new Served(Map.copyOf(all), path -> {
            CallHandler found = changing.find(path);
            return found == null ? null : guard.apply(found);
        });
    }
}
