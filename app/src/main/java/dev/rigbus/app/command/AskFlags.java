package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.lab.LabTarget;
import dev.rigbus.client.lease.LabAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which lab is asked, by a client or by an administrator. */
final class AskFlags {
    private static final Flag CLIENT_CONFIG = new Flag(
            "--client-config",
            "FILE",
            "Asks as that client. Default: the node of this machine if it may be opened, else Jumpstarter's current client.");

    static final List<Flag> FLAGS = flags();

    private AskFlags() {}

    private static List<Flag> flags() {
        List<Flag> all = new ArrayList<>(List.of(CLIENT_CONFIG));
        all.addAll(LabFlags.FLAGS);
        return List.copyOf(all);
    }

    static LabTarget target(Words words, Map<String, String> environment)
            throws UsageException, ConfigException, CommandException {
        String file = words.value(CLIENT_CONFIG);
        if (file != null && LabFlags.isGiven(words)) {
            throw new UsageException("--client-config cannot be combined with --data, --endpoint or --admin-config");
        }
        if (file != null) {
            return client(Path.of(file));
        }
        Path socket = DataFolder.usual(environment).resolve(DataFolder.ADMIN_SOCKET);
        Path current = current(environment);
        boolean administrator =
                LabFlags.isGiven(words) || environment.containsKey("RIGBUS_ADMIN_CONFIG") || Files.isWritable(socket);
        return administrator || current == null ? LabFlags.target(words, environment) : client(current);
    }

    private static LabTarget client(Path file) throws CommandException {
        try {
            return LabTarget.of(LabAccess.read(file));
        } catch (IOException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        }
    }

    /** Absent also for one whose file is gone. */
    private static @Nullable Path current(Map<String, String> environment) throws CommandException {
        try {
            Path chosen = LabAccess.chosen(environment);
            return chosen != null && Files.isRegularFile(chosen) ? chosen : null;
        } catch (IOException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        }
    }
}
