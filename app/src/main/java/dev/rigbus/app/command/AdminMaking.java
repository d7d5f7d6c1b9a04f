package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.lab.AdminApi;
import dev.rigbus.app.lab.Configurations;
import dev.rigbus.app.lab.Output;
import dev.rigbus.app.lab.PrivateFile;
import dev.rigbus.client.CallException;
import dev.rigbus.grpc.Code;
import dev.rigbus.wire.lab.AdminObject;
import dev.rigbus.wire.lab.ClientObject;
import dev.rigbus.wire.lab.CreateResponse;
import dev.rigbus.wire.lab.Credentials;
import dev.rigbus.wire.lab.ExporterObject;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.PolicyObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code rigbus admin} makes: objects, tokens and files with them. */
final class AdminMaking {
    private final Words words;
    private final Console console;
    private final AdminLine line;

    AdminMaking(Words words, Console console, AdminLine line) {
        this.words = words;
        this.console = console;
        this.line = line;
    }

    AdminLine.Deed create() throws Exception {
        Kind kind = line.kind(1);
        return switch (kind) {
            case KIND_CLIENT, KIND_EXPORTER, KIND_ADMIN -> createWithToken(kind);
            case KIND_POLICY -> createPolicy();
            case KIND_NODE -> createNode();
            default -> throw new UsageException("leases are made by clients: jmp create lease");
        };
    }

    private AdminLine.Deed createWithToken(Kind kind) throws Exception {
        String name = line.operand(2, "the NAME");
        line.atMost(3);
        LabObject wanted = wanted(kind, name);
        Output output = line.output();
        checkOut();
        return lab -> {
            CreateResponse made = lab.create(wanted);
            Credentials credentials = made.getCredentials();
            if (words.has(Admin.OUTPUT)) {
                output.object(made.getObject());
            } else if (!"-".equals(words.value(Admin.OUT))) {
                line.say(kind, name, "created");
            }
            deliver(kind, credentials);
        };
    }

    private LabObject wanted(Kind kind, String name) throws UsageException {
        Map<String, String> labels = new LinkedHashMap<>();
        AdminLine.labels(words.values(Admin.LABELS), labels, null);
        String username = words.value(Admin.USERNAME);
        if (kind == Kind.KIND_ADMIN) {
            if (!labels.isEmpty() || username != null) {
                throw new UsageException("an admin has neither labels nor an external user");
            }
            return LabObject.newBuilder()
                    .setAdmin(AdminObject.newBuilder().setName(name))
                    .build();
        }
        LabObject.Builder wanted = LabObject.newBuilder();
        if (kind == Kind.KIND_CLIENT) {
            wanted.setClient(ClientObject.newBuilder()
                    .setNamespace(line.namespace())
                    .setName(name)
                    .putAllLabels(labels)
                    .setUsername(username == null ? "" : username));
        } else {
            wanted.setExporter(ExporterObject.newBuilder()
                    .setNamespace(line.namespace())
                    .setName(name)
                    .putAllLabels(labels)
                    .setUsername(username == null ? "" : username));
        }
        return wanted.build();
    }

    private AdminLine.Deed createPolicy() throws UsageException, ConfigException {
        @Nullable String name = words.operands().size() > 2 ? words.operands().get(2) : null;
        line.atMost(3);
        PolicyObject policy = AdminUpdate.policy(words, line.namespace(), name);
        Output output = line.output();
        return lab -> {
            LabObject made =
                    lab.create(LabObject.newBuilder().setPolicy(policy).build()).getObject();
            if (words.has(Admin.OUTPUT)) {
                output.object(made);
            } else {
                line.say(Kind.KIND_POLICY, policy.getName(), "created");
            }
        };
    }

    private AdminLine.Deed createNode() throws Exception {
        String name = line.operand(2, "the NAME");
        line.atMost(3);
        if (!words.has(Admin.OUT)) {
            throw new UsageException("create node requires --out FILE: the token of the node is shown once");
        }
        checkOut();
        return lab -> {
            String token = lab.createNode(name).getToken();
            write(token + "\n");
            if (!"-".equals(words.value(Admin.OUT))) {
                console.out()
                        .println("node " + name + " may join, once, with: rigbus up --name " + name
                                + " --join HOST --join-token-file " + words.value(Admin.OUT));
            }
        };
    }

    AdminLine.Deed rotate() throws Exception {
        Kind kind = line.kind(2);
        String name = line.operand(3, "the NAME");
        line.atMost(4);
        if (!words.has(Admin.OUT)) {
            throw new UsageException("token rotate requires --out FILE (- for standard output): the old token stops"
                    + " working, and the new one is shown once");
        }
        checkOut();
        return lab -> {
            Credentials credentials = lab.rotate(line.reference(kind, name));
            deliver(kind, credentials);
            if (!"-".equals(words.value(Admin.OUT))) {
                console.out()
                        .println("token of " + AdminLine.word(kind) + " " + name
                                + " rotated; the old one works no more");
            }
        };
    }

    AdminLine.Deed kubeconfig() throws Exception {
        String name = words.operands().size() > 1 ? words.operands().get(1) : "kubeconfig";
        line.atMost(2);
        if (!words.has(Admin.OUT)) {
            throw new UsageException("kubeconfig requires --out FILE (- for standard output)");
        }
        checkOut();
        return lab -> {
            String namespace = line.namespace().isEmpty() ? lab.status().getNamespace() : line.namespace();
            write(Configurations.kubeconfig(administrator(lab, name), namespace));
            if (!"-".equals(words.value(Admin.OUT))) {
                console.out()
                        .println("written to " + words.value(Admin.OUT) + " for the administrator " + name
                                + "; use it with: jmp admin … --kubeconfig " + words.value(Admin.OUT));
            }
        };
    }

    /** One of that name, with a new token: the only copy of the old one may be lost. */
    private Credentials administrator(AdminApi lab, String name) {
        try {
            return lab.create(LabObject.newBuilder()
                            .setAdmin(AdminObject.newBuilder().setName(name))
                            .build())
                    .getCredentials();
        } catch (CallException e) {
            if (e.code() != Code.ALREADY_EXISTS) {
                throw e;
            }
            return lab.rotate(line.reference(Kind.KIND_ADMIN, name));
        }
    }

    private void checkOut() throws CommandException {
        String out = words.value(Admin.OUT);
        if (out != null && !out.equals("-")) {
            try {
                new PrivateFile(Path.of(out), words.has(Admin.FORCE)).check();
            } catch (java.nio.file.FileAlreadyExistsException e) {
                throw new CommandException(ExitCode.EXISTS, "rigbus: --out " + e.getMessage(), e);
            } catch (IOException e) {
                throw new CommandException("rigbus: --out " + e.getMessage(), e);
            }
        }
    }

    private void deliver(Kind kind, Credentials credentials) throws IOException {
        if (!words.has(Admin.OUT)) {
            console.err()
                    .println("note: its token is not shown; to get one: rigbus admin token rotate "
                            + AdminLine.word(kind) + " " + credentials.getName() + " --out FILE");
            return;
        }
        write(
                switch (kind) {
                    case KIND_CLIENT -> Configurations.client(credentials, allowed());
                    case KIND_EXPORTER -> Configurations.exporter(credentials);
                    default -> Configurations.admin(credentials);
                });
    }

    private List<String> allowed() {
        if (words.has(Admin.UNSAFE)) {
            return List.of("UNSAFE");
        }
        return words.has(Admin.ALLOW) ? words.values(Admin.ALLOW) : List.of("jumpstarter_driver_*");
    }

    private void write(String text) throws IOException {
        String out = String.valueOf(words.value(Admin.OUT));
        if (out.equals("-")) {
            console.out().print(text);
        } else {
            new PrivateFile(Path.of(out), words.has(Admin.FORCE)).write(text);
        }
    }
}
