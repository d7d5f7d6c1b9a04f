package dev.rigbus.app.config;

import java.nio.file.Path;
import java.util.Map;

/** Where a node keeps what outlives it, unless it is told. */
public final class DataFolder {
    /** The socket in it on which a node lets itself be administered. */
    public static final String ADMIN_SOCKET = "admin.sock";

    private DataFolder() {}

    /** For root that of the system; for others one of their own, by the XDG rules. */
    public static Path usual(Map<String, String> environment) {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/rigbus");
        }
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        // The XDG rules pass over a relative path.
        Path base =
                state.startsWith("/") ? Path.of(state) : Path.of(System.getProperty("user.home"), ".local", "state");
        return base.resolve("rigbus");
    }
}
