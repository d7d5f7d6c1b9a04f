package dev.rigbus.kernel.resource;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A resource that cannot be read or written on. To the driver it is a failed stream like any other; its cause is the
 * {@link DriverException} that says how the client sees it, since trouble with the client's data is not trouble with our devices.
 */
public final class ResourceException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public ResourceException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, new DriverException(reason, message, cause));
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
