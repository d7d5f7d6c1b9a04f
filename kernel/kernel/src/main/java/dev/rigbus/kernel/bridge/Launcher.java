package dev.rigbus.kernel.bridge;

import dev.rigbus.driver.DriverType;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts processes that run drivers of one exporter. */
interface Launcher {
    /** What is running there, for messages: as {@code the Python drivers}. */
    String what();

    /**
     * Starts a process; its drivers answer when this returns. Blocks.
     *
     * @param order what is to be served, and where
     * @param output takes what drivers and their libraries print
     * @throws IOException with a text for users, if one of them does not start
     */
    ChildProcess launch(JsonObject order, Consumer<String> output) throws IOException, InterruptedException;

    /** One that starts other versions of the drivers; absent if these are the same there. */
    default @Nullable Launcher with(Map<String, DriverType<?>> types) {
        return null;
    }
}
