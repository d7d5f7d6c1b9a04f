package dev.rigbus.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.app.lab.AdminApi;
import dev.rigbus.wire.lab.ApplyRequest;
import dev.rigbus.wire.lab.ApplyResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code rigbus apply}. */
final class Apply implements Command {
    private static final int MOST_BYTES = 1 << 20;
    private static final Flag NODE = new Flag(
            "--node",
            "NAME",
            "The node that runs it. Default: the one that it is on, or, for a new one, the one that is asked.");

    @Override
    public String name() {
        return "apply";
    }

    @Override
    public String summary() {
        return "Adds exporters to a lab that runs, or changes them; nothing else is touched.";
    }

    @Override
    public String operands() {
        return "FILE...";
    }

    @Override
    public String details() {
        return """
            Each FILE is that of an exporter. One with a mistake, or whose drivers do not start, changes nothing. An
            exporter that is leased is replaced when its lease is over. `rigbus delete exporter NAME` takes one away.
            """;
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(NODE, Admin.NAMESPACE, Admin.LABELS));
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        if (words.operands().isEmpty()) {
            throw new UsageException("which FILE?");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        AdminLine.labels(words.values(Admin.LABELS), labels, null);
        List<ApplyRequest> requests = new ArrayList<>();
        for (String file : words.operands()) {
            requests.add(ApplyRequest.newBuilder()
                    .setFile(file)
                    .setText(text(file))
                    .setNode(or(words.value(NODE)))
                    .setNamespace(or(words.value(Admin.NAMESPACE)))
                    .putAllLabels(labels)
                    .build());
        }
        return LabAnswers.talk(LabFlags.target(words, System.getenv()), lab -> {
            for (ApplyRequest request : requests) {
                console.out().println(told(new AdminApi(lab).apply(request)));
                console.out().flush();
            }
            return ExitCode.OK;
        });
    }

    private static String or(@org.jspecify.annotations.Nullable String given) {
        return given == null ? "" : given;
    }

    private static String text(String file) throws CommandException {
        Path path = Path.of(file);
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw new CommandException("rigbus: " + file + ": is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readString(path, UTF_8);
        } catch (NoSuchFileException e) {
            throw new CommandException("rigbus: " + file + ": no such file");
        } catch (IOException e) {
            throw new CommandException("rigbus: " + file + ": cannot be read: " + e.getMessage());
        }
    }

    private static String told(ApplyResponse applied) {
        String what = "exporter " + applied.getExporter().getName();
        String where = " on node " + applied.getNode();
        return switch (applied.getOutcome()) {
            case "later" -> what + where + " is leased; it is replaced when the lease is over";
            case "unchanged" -> what + " unchanged" + where;
            default -> what + " " + applied.getOutcome() + where;
        };
    }
}
