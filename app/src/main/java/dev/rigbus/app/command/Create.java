package dev.rigbus.app.command;

import dev.rigbus.app.lab.Output;
import dev.rigbus.client.lease.LeaseRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus create lease}. */
final class Create implements Command {
    @Override
    public String name() {
        return "create";
    }

    @Override
    public String summary() {
        return "Asks for a lease, and does not wait for it; `rigbus shell --lease` uses it. For exporters see `rigbus admin create`.";
    }

    @Override
    public String operands() {
        return "lease|exporter NAME";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(
                List.of(ClientFlags.SELECTOR, ClientFlags.EXPORTER, ClientFlags.DURATION, Admin.OUTPUT));
        flags.addAll(ClientFlags.WHO);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("lease", "exporter"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        String selector = ClientFlags.selector(words);
        String exporter = words.value(ClientFlags.EXPORTER);
        if (!words.operands().equals(List.of("lease")) || selector == null && exporter == null) {
            throw new UsageException(
                    "create " + String.join(" ", words.operands())
                            + " (expected: create lease with --selector or --name, or create exporter NAME; for the rest: rigbus admin create)");
        }
        Output output = LabOutput.of(words, Admin.OUTPUT, console);
        LeaseRequest request =
                new LeaseRequest(selector, exporter, ClientFlags.duration(words), Duration.ZERO, false, reason -> {});
        return Leasing.talk(words, lab -> Leasing.show(output, List.of(lab.get(lab.ask(request)))));
    }
}
