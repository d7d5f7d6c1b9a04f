package dev.rigbus.app.command;

import dev.rigbus.app.lab.LabApi;
import dev.rigbus.app.lab.Output;
import dev.rigbus.wire.lab.LabObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus get nodes|exporters|leases}: what clients may look at. */
final class Get implements Command {
    private static final Flag OUTPUT = Admin.OUTPUT;
    private static final Flag ALL = new Flag("--all", "-a", "", "Of leases: those that have ended, too.");

    @Override
    public String name() {
        return "get";
    }

    @Override
    public String summary() {
        return "Shows the exporters and leases of a lab, or its nodes.";
    }

    @Override
    public String operands() {
        return "exporters|leases|nodes [NAME]";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(OUTPUT, ClientFlags.SELECTOR, ALL, ClientFlags.CLIENT));
        flags.addAll(AskFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("exporters", "leases", "nodes"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        String what = words.operands().isEmpty() ? "" : words.operands().get(0);
        String name = words.operands().size() < 2 ? null : words.operands().get(1);
        Output output = LabOutput.of(words, OUTPUT, console);
        if (words.operands().size() > 2) {
            what = "";
        }
        return switch (what) {
            case "nodes", "node" -> nodes(words, output);
            case "exporters", "exporter" ->
                Leasing.talk(
                        words,
                        lab -> Leasing.showExporters(
                                output,
                                name == null
                                        ? lab.exporters(ClientFlags.selector(words))
                                        : List.of(lab.exporter(name))));
            case "leases", "lease" ->
                Leasing.talk(
                        words,
                        lab -> Leasing.show(output, name == null ? lab.list(words.has(ALL)) : List.of(lab.get(name))));
            default ->
                throw new UsageException("get " + String.join(" ", words.operands())
                        + " (expected: get exporters, leases or nodes; for the rest: rigbus admin get)");
        };
    }

    private static ExitCode nodes(Words words, Output output) throws Exception {
        if (words.operands().size() > 1) {
            throw new UsageException("get nodes " + words.operands().get(1) + " (expected: get nodes)");
        }
        return LabAnswers.talk(AskFlags.target(words, System.getenv()), lab -> {
            List<LabObject> nodes = new LabApi(lab)
                    .nodes().stream()
                            .map(node -> LabObject.newBuilder().setNode(node).build())
                            .toList();
            output.objects(nodes);
            return ExitCode.OK;
        });
    }
}
