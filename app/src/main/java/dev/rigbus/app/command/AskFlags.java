package dev.rigbus.app.command;

import dev.rigbus.app.config.AccessFile;
import dev.rigbus.app.config.ClientFiles;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.app.lab.LabTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    static LabTarget target(Words words, Map<String, String> environment) throws UsageException, ConfigException {
        String file = words.value(CLIENT_CONFIG);
        if (file != null && LabFlags.isGiven(words)) {
            throw new UsageException("--client-config cannot be combined with --data, --endpoint or --admin-config");
        }
        if (file != null) {
            return LabFlags.of(AccessFile.client(Path.of(file)));
        }
        Path socket = DataFolder.usual(environment).resolve(DataFolder.ADMIN_SOCKET);
        Path current = ClientFiles.current(environment);
        boolean administrator =
                LabFlags.isGiven(words) || environment.containsKey("RIGBUS_ADMIN_CONFIG") || Files.isWritable(socket);
        return administrator || current == null
                ? LabFlags.target(words, environment)
                : LabFlags.of(AccessFile.client(current));
    }
}
