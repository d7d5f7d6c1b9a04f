package dev.rigbus.app.command;

import dev.rigbus.client.lease.LeaseInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code rigbus delete}: what goes with {@link Apply}, without a detour over {@code admin}, and the leases of a client. */
final class Delete implements Command {
    private static final Flag ALL = new Flag("--all", "-a", "", "All leases of this client.");

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String summary() {
        return "Gives leases back, or takes exporters out of a lab, with their leases.";
    }

    @Override
    public String operands() {
        return "lease|exporter NAME...";
    }

    @Override
    public List<Flag> flags() {
        List<Flag> flags = new ArrayList<>(List.of(Admin.NAMESPACE, ALL));
        flags.addAll(ClientFlags.WHO);
        flags.addAll(LabFlags.FLAGS);
        return flags;
    }

    @Override
    public Map<String, List<String>> completions() {
        return Map.of("", List.of("lease", "exporter"));
    }

    private static ExitCode leases(Words words, Console console) throws Exception {
        List<String> names = words.operands().subList(1, words.operands().size());
        if (names.isEmpty() != words.has(ALL)) {
            throw new UsageException("delete lease (expected: the names of leases, or --all for all of this client)");
        }
        return Leasing.talk(words, lab -> {
            List<String> all = names.isEmpty()
                    ? lab.list(false).stream().map(LeaseInfo::name).toList()
                    : names;
            for (String name : all) {
                lab.get(name);
                lab.release(name);
                console.out().println("lease/" + name + " deleted");
            }
        });
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        List<String> operands = words.operands();
        if (!operands.isEmpty() && List.of("lease", "leases").contains(operands.get(0))) {
            return leases(words, console);
        }
        if (operands.size() < 2 || !operands.get(0).equals("exporter")) {
            throw new UsageException("delete " + String.join(" ", operands)
                    + " (expected: delete lease NAME, or delete exporter NAME; for the rest: rigbus admin delete)");
        }
        return new AdminLine(words.after("delete"), console).run();
    }
}
