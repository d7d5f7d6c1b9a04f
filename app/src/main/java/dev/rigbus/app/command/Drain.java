package dev.rigbus.app.command;

import java.util.ArrayList;
import java.util.List;

/** {@code rigbus drain}. */
final class Drain implements Command {
    static final Flag REASON = new Flag("--reason", "TEXT", "Why; the audit has it.");

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public String summary() {
        return "Lets a node finish its leases, take no new ones, and hand over the drivers that can run elsewhere.";
    }

    @Override
    public String operands() {
        return "NODE";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(REASON));
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        if (words.operands().size() != 1) {
            throw new UsageException("drain " + String.join(" ", words.operands()) + " (expected: drain NODE)");
        }
        return new AdminLine(words.after("drain", "node"), console).run();
    }
}
