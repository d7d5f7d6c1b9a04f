package dev.rigbus.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A driver that no typed client is known for: all its methods can be called by their names. */
public final class GenericClient {
    private final DriverNode driver;

    public GenericClient(DriverNode driver) {
        this.driver = driver;
    }

    /** The methods that the exporter describes, with what it says of them; there may be others. */
    public Map<String, String> methods() {
        return driver.methodDescriptions();
    }

    public @Nullable Object call(String method, @Nullable Object... arguments) {
        return driver.call(method, arguments);
    }

    public ItemStream streamingCall(String method, @Nullable Object... arguments) {
        return driver.streamingCall(method, arguments);
    }

    public RawStream stream(String method) {
        return driver.stream(method);
    }
}
