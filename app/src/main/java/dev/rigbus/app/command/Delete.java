package dev.rigbus.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus delete}: what goes with {@link Apply}, without a detour over {@code admin}. */
final class Delete implements Command {
    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String summary() {
        return "Takes exporters out of a lab, with their leases.";
    }

    @Override
    public String operands() {
        return "exporter NAME...";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(Admin.NAMESPACE));
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("exporter"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        List<String> operands = words.operands();
        if (operands.size() < 2 || !operands.get(0).equals("exporter")) {
            throw new UsageException("delete " + String.join(" ", operands)
                    + " (expected: delete exporter NAME; for the rest: rigbus admin delete)");
        }
        return new AdminLine(words.after("delete"), console).run();
    }
}
