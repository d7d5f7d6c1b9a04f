package dev.rigbus.app.command;

import com.google.protobuf.Duration;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.PolicyFile;
import dev.rigbus.app.lab.Output;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.PolicyObject;
import dev.rigbus.wire.lab.Rule;
import dev.rigbus.wire.lab.UpdateRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code rigbus admin update}. */
final class AdminUpdate {
    private final Words words;
    private final Console console;
    private final AdminLine line;

    AdminUpdate(Words words, Console console, AdminLine line) {
        this.words = words;
        this.console = console;
        this.line = line;
    }

    AdminLine.Deed update() throws UsageException, ConfigException {
        Kind kind = line.kind(1);
        String name = line.operand(2, "the NAME");
        line.atMost(3);
        UpdateRequest.Builder request = UpdateRequest.newBuilder();
        switch (kind) {
            case KIND_CLIENT -> {
                refuse("is for exporters", Admin.ENABLE, Admin.DISABLE, Admin.MAINTENANCE, Admin.NO_MAINTENANCE);
                identity(request);
            }
            case KIND_EXPORTER -> {
                identity(request);
                offer(request);
            }
            case KIND_POLICY -> request.setPolicy(policy(words, line.namespace(), name));
            default -> throw new UsageException("only clients, exporters and policies can be changed");
        }
        if (request.build().equals(UpdateRequest.getDefaultInstance())) {
            throw new UsageException("what should be changed? (--labels, --username"
                    + (kind == Kind.KIND_EXPORTER ? ", --enable, --disable, --maintenance, --no-maintenance)" : ")"));
        }
        request.setObject(line.reference(kind, name));
        Output output = line.output();
        return lab -> {
            LabObject now = lab.update(request.build());
            if (words.has(Admin.OUTPUT)) {
                output.object(now);
            } else {
                line.say(kind, name, "updated");
            }
        };
    }

    private void refuse(String why, Flag... flags) throws UsageException {
        for (Flag flag : flags) {
            if (words.has(flag)) {
                throw new UsageException(flag.name() + " " + why);
            }
        }
    }

    private void identity(UpdateRequest.Builder request) throws UsageException {
        Map<String, String> labels = new LinkedHashMap<>();
        List<String> remove = new ArrayList<>();
        AdminLine.labels(words.values(Admin.LABELS), labels, remove);
        request.putAllLabels(labels).addAllRemoveLabels(remove);
        String username = words.value(Admin.USERNAME);
        if (username != null) {
            request.setUsername(username);
        }
    }

    private void offer(UpdateRequest.Builder request) throws UsageException {
        exclude(Admin.ENABLE, Admin.DISABLE);
        exclude(Admin.MAINTENANCE, Admin.NO_MAINTENANCE);
        if (words.has(Admin.ENABLE) || words.has(Admin.DISABLE)) {
            request.setEnabled(words.has(Admin.ENABLE));
        }
        String reason = words.value(Admin.MAINTENANCE);
        if (reason != null && reason.isBlank()) {
            throw new UsageException("--maintenance wants a reason, for users to read");
        }
        if (reason != null || words.has(Admin.NO_MAINTENANCE)) {
            request.setMaintenance(reason == null ? "" : reason);
        }
    }

    private void exclude(Flag one, Flag other) throws UsageException {
        if (words.has(one) && words.has(other)) {
            throw new UsageException(one.name() + " and " + other.name() + " cannot be combined");
        }
    }

    /** The policy in the file that the line names. */
    static PolicyObject policy(Words words, String namespace, @Nullable String name)
            throws UsageException, ConfigException {
        String file = words.value(Admin.FILE);
        if (file == null) {
            throw new UsageException("a policy requires --file FILE");
        }
        PolicyFile policy = PolicyFile.read(Path.of(file));
        String named = name == null ? policy.name() : name;
        if (named == null) {
            throw new UsageException("the NAME of the policy is missing; neither the line nor " + file + " says it");
        }
        if (policy.namespace() != null
                && !namespace.isEmpty()
                && !policy.namespace().equals(namespace)) {
            throw new UsageException("--namespace " + namespace + ", but " + file + " says " + policy.namespace());
        }
        PolicyObject.Builder result = PolicyObject.newBuilder()
                .setNamespace(policy.namespace() == null ? namespace : policy.namespace())
                .setName(named)
                .setExporters(policy.exporters());
        policy.rules().forEach(rule -> result.addRules(rule(rule)));
        return result.build();
    }

    private static Rule rule(PolicyFile.Rule rule) {
        Rule.Builder result = Rule.newBuilder()
                .setPriority(rule.priority())
                .addAllFrom(rule.from())
                .setSpot(rule.spot());
        if (rule.description() != null) {
            result.setDescription(rule.description());
        }
        if (rule.longest() != null) {
            result.setLongest(Duration.newBuilder()
                    .setSeconds(rule.longest().getSeconds())
                    .setNanos(rule.longest().getNano()));
        }
        return result.build();
    }
}
