package dev.rigbus.app.command;

import dev.rigbus.client.lease.LabAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who asks a lab for leases, and for what. */
final class ClientFlags {
    static final Flag CLIENT =
            new Flag("--client", "ALIAS", "One of Jumpstarter's clients; default: the one that it uses.");
    static final Flag CLIENT_CONFIG = new Flag("--client-config", "FILE", "The file of a client.");
    static final Flag SELECTOR = new Flag(
            "--selector", "-l", "LABELS", "The labels that the exporter must have, as a=b,c!=d; may be repeated.");
    static final Flag EXPORTER = new Flag("--name", "-n", "NAME", "The exporter with that name.");
    static final Flag DURATION = new Flag("--duration", "TIME", "How long: 30m, 1h30m, 01:30:00. Default: 30m.");

    static final List<Flag> WHO = List.of(CLIENT, CLIENT_CONFIG);

    private static final Duration USUAL = Duration.ofMinutes(30);

    private ClientFlags() {}

    static LabAccess access(Words words, Map<String, String> environment) throws UsageException, CommandException {
        String file = words.value(CLIENT_CONFIG);
        String alias = words.value(CLIENT);
        if (file != null && alias != null) {
            throw new UsageException("only one of --client and --client-config should be given");
        }
        try {
            return file != null
                    ? LabAccess.read(Path.of(file))
                    : alias != null ? LabAccess.named(alias, environment) : LabAccess.usual(environment);
        } catch (IOException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        }
    }

    static @Nullable String selector(Words words) {
        List<String> all = words.values(SELECTOR);
        return all.isEmpty() ? null : String.join(",", all);
    }

    static Duration duration(Words words) throws UsageException {
        String given = words.value(DURATION);
        return given == null ? USUAL : DurationWords.parse(DURATION, given);
    }
}
