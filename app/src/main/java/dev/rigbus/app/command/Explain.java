package dev.rigbus.app.command;

import dev.rigbus.app.lab.LabApi;
import dev.rigbus.app.lab.Output;
import dev.rigbus.app.lab.Story;
import dev.rigbus.wire.lab.ExplainResponse;
import dev.rigbus.wire.lab.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus explain lease|exporter NAME}. */
final class Explain implements Command {
    private static final Flag OUTPUT = new Flag("--output", "-o", "text|json|yaml", "How to show it; default: text.");

    @Override
    public String name() {
        return "explain";
    }

    @Override
    public String summary() {
        return "Tells why a lease waits or failed, or who has an exporter and who waits for it.";
    }

    @Override
    public String operands() {
        return "lease|exporter NAME";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(Admin.NAMESPACE, OUTPUT));
        flags.addAll(AskFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("lease", "exporter"));
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Kind kind = words.operands().isEmpty()
                ? Kind.KIND_UNSPECIFIED
                : kind(words.operands().get(0));
        if (kind == Kind.KIND_UNSPECIFIED || words.operands().size() != 2) {
            throw new UsageException("explain " + String.join(" ", words.operands())
                    + " (expected: explain lease NAME, or explain exporter NAME)");
        }
        String form = words.value(OUTPUT);
        String given = words.value(Admin.NAMESPACE);
        if (form != null && !List.of("text", "json", "yaml").contains(form)) {
            throw new UsageException("--output " + form + " (expected one of: text, json, yaml)");
        }
        return LabAnswers.talk(AskFlags.target(words, System.getenv()), lab -> {
            ExplainResponse answer = new LabApi(lab)
                    .explain(kind, given == null ? "" : given, words.operands().get(1));
            if (form == null || form.equals("text")) {
                Story.lines(answer).forEach(console.out()::println);
            } else {
                new Output(console.out(), Output.Form.of(form), false).message(answer);
            }
            return ExitCode.OK;
        });
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "lease", "leases" -> Kind.KIND_LEASE;
            case "exporter", "exporters" -> Kind.KIND_EXPORTER;
            default -> Kind.KIND_UNSPECIFIED;
        };
    }
}
