package dev.rigbus.app.command;

import dev.rigbus.app.lab.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus update lease NAME --duration TIME}. */
final class Update implements Command {
    @Override
    public String name() {
        return "update";
    }

    @Override
    public String summary() {
        return "Makes a lease longer or shorter. For exporters see `rigbus admin update`.";
    }

    @Override
    public String operands() {
        return "lease|exporter NAME";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(ClientFlags.DURATION, Admin.OUTPUT));
        flags.addAll(ClientFlags.WHO);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("lease", "exporter"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        List<String> operands = words.operands();
        if (operands.size() != 2 || !operands.get(0).equals("lease") || !words.has(ClientFlags.DURATION)) {
            throw new UsageException("update " + String.join(" ", operands)
                    + " (expected: update lease NAME --duration TIME, or update exporter NAME)");
        }
        Output output = LabOutput.of(words, Admin.OUTPUT, console);
        Duration duration = ClientFlags.duration(words);
        return Leasing.talk(words, lab -> Leasing.show(output, List.of(lab.update(operands.get(1), duration))));
    }
}
