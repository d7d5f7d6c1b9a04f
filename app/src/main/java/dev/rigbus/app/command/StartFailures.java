package dev.rigbus.app.command;

import dev.rigbus.kernel.Listener;
import java.util.Locale;

/** Why an exporter did not start, in words that say what to do. */
final class StartFailures {
    private StartFailures() {}

    static String text(Throwable failure, Listener listener) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String known = knownText(String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT), listener);
            if (known != null) {
                return known;
            }
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private static @org.jspecify.annotations.Nullable String knownText(String message, Listener listener) {
        String port = "port " + listener.port() + " on " + listener.host();
        if (message.contains("address already in use")) {
            return port + " is already in use; stop what listens there, or choose another port";
        }
        // Only a bind says it like this; a driver that may not open its device names the device.
        if (message.startsWith("bind") && message.contains("permission denied")) {
            return "may not listen on " + port + "; ports below 1024 are for root";
        }
        if (message.contains("cannot assign requested address")) {
            return listener.host() + " is not an address of this machine";
        }
        return null;
    }
}
