package dev.rigbus.app.command;

import dev.rigbus.app.lab.AdminApi;
import dev.rigbus.app.lab.LabTarget;
import dev.rigbus.app.lab.Output;
import dev.rigbus.app.lab.PrivateFile;
import dev.rigbus.driver.Names;
import dev.rigbus.wire.lab.GetAuditRequest;
import dev.rigbus.wire.lab.GetAuditResponse;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.ListRequest;
import dev.rigbus.wire.lab.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One line of {@code rigbus admin}, carried out. */
final class AdminLine {
    private static final List<String> KINDS = List.of("client", "exporter", "policy", "lease", "node", "admin");

    private final Words words;
    private final Console console;
    private final List<String> operands;

    AdminLine(Words words, Console console) {
        this.words = words;
        this.console = console;
        this.operands = words.operands();
    }

    /** What is done with the lab, once the line has been understood. */
    interface Deed {
        void with(AdminApi lab) throws Exception;
    }

    ExitCode run() throws Exception {
        if (operands.isEmpty()) {
            throw new UsageException("what should be done? " + verbs());
        }
        Deed deed = deed(operands.get(0));
        LabTarget target = LabFlags.target(words, System.getenv());
        return LabAnswers.talk(target, lab -> {
            deed.with(new AdminApi(lab));
            return ExitCode.OK;
        });
    }

    private Deed deed(String verb) throws UsageException, Exception {
        AdminMaking making = new AdminMaking(words, console, this);
        return switch (verb) {
            case "create" -> making.create();
            case "kubeconfig" -> making.kubeconfig();
            case "token" -> {
                if (!operand(1, "rotate").equals("rotate")) {
                    throw new UsageException("token " + operands.get(1) + " (expected: token rotate KIND NAME)");
                }
                yield making.rotate();
            }
            case "update" -> new AdminUpdate(words, console, this).update();
            case "get" -> get();
            case "delete", "release" -> delete();
            case "revoke" -> revoke();
            case "drain" -> drain();
            case "backup" -> backup();
            default -> throw new UsageException("what is \"" + verb + "\"? " + verbs(verb));
        };
    }

    private static String verbs(String... near) {
        List<String> all = new Admin().completions().getOrDefault("", List.of());
        List<String> nearest = near.length == 0 ? List.of() : Names.nearest(near[0], all, 1);
        return nearest.isEmpty()
                ? "(one of: " + String.join(", ", all) + ")"
                : "(did you mean " + nearest.get(0) + "?)";
    }

    /** A word of the line, by its place. */
    String operand(int index, String what) throws UsageException {
        if (index >= operands.size()) {
            throw new UsageException(String.join(" ", operands) + ": " + what + " is missing");
        }
        return operands.get(index);
    }

    /** Fails for words after those that have a meaning. */
    void atMost(int count) throws UsageException {
        if (operands.size() > count) {
            throw new UsageException("what is \"" + operands.get(count) + "\"?");
        }
    }

    /** A kind, also as plural. */
    Kind kind(int index) throws UsageException {
        String word = operand(index, "one of " + String.join(", ", KINDS));
        String one =
                word.equals("policies") ? "policy" : word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
        if (!KINDS.contains(one)) {
            List<String> near = Names.nearest(one, KINDS, 1);
            throw new UsageException("what is \"" + word + "\"? "
                    + (near.isEmpty()
                            ? "(expected one of: " + String.join(", ", KINDS) + ")"
                            : "(did you mean " + near.get(0) + "?)"));
        }
        return Kind.valueOf("KIND_" + one.toUpperCase(Locale.ROOT));
    }

    Reference reference(Kind kind, String name) {
        return Reference.newBuilder()
                .setKind(kind)
                .setNamespace(namespace())
                .setName(name)
                .build();
    }

    /** Empty for the lab's own. */
    String namespace() {
        String given = words.value(Admin.NAMESPACE);
        return given == null ? "" : given;
    }

    Output output() throws UsageException {
        return LabOutput.of(words, Admin.OUTPUT, console);
    }

    private Deed get() throws UsageException {
        Output output = output();
        switch (operand(1, "what to get")) {
            case "metrics":
                atMost(2);
                return lab -> console.out().print(lab.metrics());
            case "status":
                atMost(2);
                return lab -> output.message(lab.status());
            case "audit":
                atMost(2);
                return audit(output);
            default:
                Kind kind = kind(1);
                return operands.size() > 2 ? getEach(kind, output) : list(kind, output);
        }
    }

    private Deed getEach(Kind kind, Output output) {
        return lab -> {
            List<LabObject> found = operands.subList(2, operands.size()).stream()
                    .map(name -> lab.get(reference(kind, name)))
                    .toList();
            if (found.size() == 1) {
                output.object(found.get(0));
            } else {
                output.objects(found);
            }
        };
    }

    private Deed list(Kind kind, Output output) {
        ListRequest request = ListRequest.newBuilder()
                .setKind(kind)
                .setNamespace(namespace())
                .setSelector(String.join(",", words.values(Admin.LABELS)))
                .setAll(words.has(Admin.ALL))
                .build();
        return lab -> output.objects(lab.list(request));
    }

    private Deed audit(Output output) throws UsageException {
        String limit = words.value(Admin.LIMIT);
        if (limit != null && !limit.matches("[1-9][0-9]{0,3}")) {
            throw new UsageException("--limit " + limit + " (expected: 1..9999)");
        }
        String about = words.value(Admin.ABOUT);
        GetAuditRequest request = GetAuditRequest.newBuilder()
                .setLimit(limit == null ? 0 : Integer.parseInt(limit))
                .setAbout(about == null ? "" : about)
                .build();
        return lab -> {
            GetAuditResponse answer = lab.audit(request);
            output.audit(answer.getEntriesList());
            if (answer.getSilentCount() > 0) {
                console.err()
                        .println("warning: what these nodes wrote down is missing, for they do not answer: "
                                + String.join(", ", answer.getSilentList()));
            }
        };
    }

    private Deed delete() throws UsageException {
        Kind kind = kind(1);
        boolean release = operands.get(0).equals("release");
        if (release && kind != Kind.KIND_LEASE) {
            throw new UsageException("release " + operands.get(1) + " (expected: release lease NAME)");
        }
        operand(2, "the NAME");
        String done = kind == Kind.KIND_LEASE ? "released" : kind == Kind.KIND_NODE ? "revoked" : "deleted";
        return lab -> {
            for (String name : operands.subList(2, operands.size())) {
                lab.delete(reference(kind, name));
                say(kind, name, done);
            }
        };
    }

    private Deed revoke() throws UsageException {
        Kind kind = kind(1);
        String name = operand(2, "the NAME");
        atMost(3);
        return lab -> {
            lab.revoke(reference(kind, name));
            say(kind, name, "revoked");
        };
    }

    private Deed drain() throws UsageException {
        if (kind(1) != Kind.KIND_NODE) {
            throw new UsageException("drain " + operands.get(1) + " (expected: drain node NAME)");
        }
        String name = operand(2, "the NAME");
        String reason = words.value(Drain.REASON);
        atMost(3);
        return lab -> {
            lab.drain(name, reason == null ? "" : reason);
            say(Kind.KIND_NODE, name, "drained");
        };
    }

    private Deed backup() throws Exception {
        PrivateFile file = new PrivateFile(Path.of(operand(1, "the FILE to write")), words.has(Admin.FORCE));
        atMost(2);
        return lab -> {
            file.write(draft -> {
                try (var out = Files.newOutputStream(draft)) {
                    lab.backup(out);
                } catch (java.util.concurrent.TimeoutException e) {
                    throw new java.io.IOException("the node stopped sending the backup", e);
                }
            });
            console.out().println("backup written to " + operands.get(1));
        };
    }

    /** Tells in one line what was done. */
    void say(Kind kind, String name, String done) {
        console.out().println(word(kind) + " " + name + " " + done);
    }

    static String word(Kind kind) {
        return kind.name().substring("KIND_".length()).toLowerCase(Locale.ROOT);
    }

    /** Labels to set, and keys to take away. */
    static void labels(List<String> given, Map<String, String> set, @Nullable List<String> remove)
            throws UsageException {
        for (String part : String.join(",", given).split(",")) {
            int equals = part.indexOf('=');
            if (part.isEmpty()) {
                continue;
            } else if (equals > 0) {
                set.put(part.substring(0, equals), part.substring(equals + 1));
            } else if (remove != null && part.endsWith("-") && part.length() > 1) {
                remove.add(part.substring(0, part.length() - 1));
            } else {
                throw new UsageException("--labels " + part + " (expected: KEY=VALUE"
                        + (remove == null ? ")" : ", or KEY- to take one away)"));
            }
        }
    }
}
