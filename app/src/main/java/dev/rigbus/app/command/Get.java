package dev.rigbus.app.command;

import dev.rigbus.app.lab.LabApi;
import dev.rigbus.app.lab.Output;
import dev.rigbus.wire.lab.LabObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus get nodes}: what clients may look at beyond what jmp shows them. */
final class Get implements Command {
    private static final Flag OUTPUT = Admin.OUTPUT;

    @Override
    public String name() {
        return "get";
    }

    @Override
    public String summary() {
        return "Shows the nodes of a lab.";
    }

    @Override
    public String operands() {
        return "nodes";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(OUTPUT));
        flags.addAll(AskFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("nodes"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        String what = words.operands().isEmpty() ? "" : words.operands().get(0);
        if (!what.equals("nodes") && !what.equals("node") || words.operands().size() > 1) {
            throw new UsageException("get " + String.join(" ", words.operands())
                    + " (expected: get nodes; for the rest: rigbus admin get, or jmp get)");
        }
        Output output = LabOutput.of(words, OUTPUT, console);
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
