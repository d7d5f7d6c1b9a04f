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
        return "Makes a lease longer or shorter.";
    }

    @Override
    public String operands() {
        return "lease NAME";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(ClientFlags.DURATION, Admin.OUTPUT));
        flags.addAll(ClientFlags.WHO);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("lease"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        List<String> operands = words.operands();
        if (operands.size() != 2 || !operands.get(0).equals("lease") || !words.has(ClientFlags.DURATION)) {
            throw new UsageException(
                    "update " + String.join(" ", operands) + " (expected: update lease NAME --duration TIME)");
        }
        Output output = LabOutput.of(words, Admin.OUTPUT, console);
        Duration duration = ClientFlags.duration(words);
        return Leasing.talk(words, lab -> Leasing.show(output, List.of(lab.update(operands.get(1), duration))));
    }
}
