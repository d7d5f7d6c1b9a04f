package dev.rigbus.app.command;

import dev.rigbus.app.config.AdminFile;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.lab.LabTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which lab is meant, and as whom: flags and their rules. */
final class LabFlags {
    private static final Flag DATA =
            new Flag("--data", "DIR", "The node of this machine with that data folder; for who may open it.");
    private static final Flag ENDPOINT = new Flag("--endpoint", "HOST:PORT", "Any node, with an admin token.");
    private static final Flag TOKEN_FILE =
            new Flag("--token-file", "FILE", "The token. The environment variable RIGBUS_ADMIN_TOKEN does, too.");
    private static final Flag AUTHORITY =
            new Flag("--ca", "FILE", "Who signed the node's certificate (PEM); default: whom this Java trusts.");
    private static final Flag ADMIN_CONFIG = new Flag(
            "--admin-config",
            "FILE",
            "All three of these; made by rigbus admin create admin. Also RIGBUS_ADMIN_CONFIG.");

    static final List<Flag> FLAGS = List.of(DATA, ENDPOINT, TOKEN_FILE, AUTHORITY, ADMIN_CONFIG);

    private LabFlags() {}

    /** Whether any of them is given. */
    static boolean isGiven(Words words) {
        return words.has(DATA) || words.has(ENDPOINT) || words.has(ADMIN_CONFIG);
    }

    static LabTarget target(Words words, Map<String, String> environment) throws UsageException, ConfigException {
        @Nullable String data = words.value(DATA);
        @Nullable String endpoint = words.value(ENDPOINT);
        @Nullable String config = words.value(ADMIN_CONFIG);
        if ((data == null ? 0 : 1) + (endpoint == null ? 0 : 1) + (config == null ? 0 : 1) > 1) {
            throw new UsageException("only one of --data, --endpoint and --admin-config should be given");
        }
        if (endpoint == null && (words.has(TOKEN_FILE) || words.has(AUTHORITY))) {
            throw new UsageException("--token-file and --ca require --endpoint");
        }
        if (data == null && endpoint == null && config == null) {
            config = environment.get("RIGBUS_ADMIN_CONFIG");
        }
        if (config != null) {
            return of(AdminFile.read(Path.of(config)));
        }
        return endpoint == null
                ? LabTarget.local(data == null ? DataFolder.usual(environment) : Path.of(data))
                : remote(words, endpoint, environment);
    }

    /** @throws UsageException where it names no port */
    private static LabTarget of(AdminFile file) throws UsageException {
        try {
            return LabTarget.of(file);
        } catch (IllegalArgumentException e) {
            throw new UsageException("endpoint: " + e.getMessage());
        }
    }

    private static LabTarget remote(Words words, String endpoint, Map<String, String> environment)
            throws UsageException {
        String file = words.value(TOKEN_FILE);
        String token = file == null
                ? environment.get("RIGBUS_ADMIN_TOKEN")
                : text(TOKEN_FILE, file).strip();
        if (token == null || token.isEmpty()) {
            throw new UsageException(
                    file == null
                            ? "--endpoint requires --token-file, or RIGBUS_ADMIN_TOKEN in the environment"
                            : "--token-file " + file + ": is empty");
        }
        String authority = words.value(AUTHORITY);
        try {
            return LabTarget.remote(endpoint, token, authority == null ? null : text(AUTHORITY, authority));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--endpoint " + e.getMessage());
        }
    }

    private static String text(Flag flag, String file) throws UsageException {
        Path path = Path.of(file);
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UsageException(
                    flag.name() + " " + file + ": " + (Files.exists(path) ? "cannot be read as text" : "no such file"));
        }
    }
}
