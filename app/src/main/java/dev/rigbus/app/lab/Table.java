package dev.rigbus.app.lab;

import dev.rigbus.wire.lab.AuditEntry;
import dev.rigbus.wire.lab.BundleObject;
import dev.rigbus.wire.lab.ClientObject;
import dev.rigbus.wire.lab.ExporterObject;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.LeaseObject;
import dev.rigbus.wire.lab.NodeObject;
import dev.rigbus.wire.lab.PolicyObject;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lines of columns that are as wide as they need to be. */
final class Table {
    private final List<String[]> lines = new ArrayList<>();

    private Table(String... titles) {
        lines.add(titles);
    }

    /** All of one kind. */
    static Table of(List<LabObject> objects) {
        Table table = new Table(titles(objects.get(0)));
        objects.forEach(object -> table.add(line(object)));
        return table;
    }

    static Table ofAudit(List<AuditEntry> entries) {
        Table table = new Table("TIME", "NODE", "WHO", "ACTION", "OBJECT", "OUTCOME", "DETAILS");
        for (AuditEntry entry : entries) {
            table.add(
                    time(entry.getTime()),
                    entry.getNode(),
                    entry.getActor(),
                    entry.getAction(),
                    entry.getObject(),
                    entry.getOutcome(),
                    Values.text(entry.getDetailsMap()));
        }
        return table;
    }

    static Table ofBundles(List<BundleObject> bundles) {
        Table table = new Table("NAME", "VERSION", "SHA-256", "BEFORE", "NODES", "RIGHTS", "SERVING");
        for (BundleObject bundle : bundles) {
            table.add(
                    bundle.getName(),
                    bundle.getVersion(),
                    bundle.getHash().substring(0, Math.min(12, bundle.getHash().length())),
                    bundle.getPreviousVersion(),
                    bundle.getEverywhere() ? "all" : "some",
                    String.join(",", bundle.getRightsList()),
                    Values.text(bundle.getServingMap()));
        }
        return table;
    }

    static Table ofRows(List<String> titles, List<Map<String, @Nullable Object>> rows) {
        Table table = new Table(titles.toArray(String[]::new));
        for (Map<String, @Nullable Object> row : rows) {
            table.add(titles.stream()
                    .map(title -> cell(row.get(title.toLowerCase(Locale.ROOT))))
                    .toArray(String[]::new));
        }
        return table;
    }

    private static String cell(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining(","))
                : value.toString();
    }

    private static String[] titles(LabObject object) {
        return switch (object.getWhatCase()) {
            case CLIENT -> new String[] {"NAMESPACE", "NAME", "USERNAME", "CREATED", "LABELS"};
            case EXPORTER ->
                new String[] {"NAMESPACE", "NAME", "ONLINE", "STATUS", "ENABLED", "LEASED BY", "NODE", "LABELS"};
            case POLICY -> new String[] {"NAMESPACE", "NAME", "RULES", "EXPORTERS"};
            case LEASE -> new String[] {"NAMESPACE", "NAME", "CLIENT", "EXPORTER", "STATE", "BEGIN", "END", "SELECTOR"};
            case NODE -> new String[] {"NAME", "STATE", "ADDRESS", "EXPORTERS", "VERSION", "SINCE"};
            default -> new String[] {"NAME", "CREATED"};
        };
    }

    private static String[] line(LabObject object) {
        return switch (object.getWhatCase()) {
            case CLIENT -> line(object.getClient());
            case EXPORTER -> line(object.getExporter());
            case POLICY -> line(object.getPolicy());
            case LEASE -> line(object.getLease());
            case NODE -> line(object.getNode());
            default ->
                new String[] {
                    object.getAdmin().getName(), time(object.getAdmin().getCreated())
                };
        };
    }

    private static String[] line(ClientObject client) {
        return new String[] {
            client.getNamespace(),
            client.getName(),
            client.getUsername(),
            time(client.getCreated()),
            Values.text(client.getLabelsMap())
        };
    }

    private static String[] line(ExporterObject exporter) {
        return new String[] {
            exporter.getNamespace(),
            exporter.getName(),
            exporter.getOnline() ? "yes" : "no",
            exporter.getStatus(),
            exporter.hasMaintenance() ? "no: " + exporter.getMaintenance() : exporter.getEnabled() ? "yes" : "no",
            exporter.getClient(),
            exporter.getNode(),
            Values.text(exporter.getLabelsMap())
        };
    }

    private static String[] line(PolicyObject policy) {
        return new String[] {
            policy.getNamespace(),
            policy.getName(),
            String.valueOf(policy.getRulesCount()),
            policy.getExporters().isEmpty() ? "(all)" : policy.getExporters()
        };
    }

    private static String[] line(LeaseObject lease) {
        return new String[] {
            lease.getNamespace(),
            lease.getName(),
            lease.getClient(),
            lease.getExporter(),
            lease.getReason(),
            lease.hasBegin() ? time(lease.getBegin()) : "",
            lease.hasEnd() ? time(lease.getEnd()) : "",
            lease.getSelector().isEmpty() ? lease.getWanted() : lease.getSelector()
        };
    }

    private static String[] line(NodeObject node) {
        return new String[] {
            node.getName() + (node.getSelf() ? " (this)" : ""),
            node.getState(),
            node.getAddress(),
            String.valueOf(node.getExporters()),
            node.getVersion(),
            node.hasSince() ? time(node.getSince()) : ""
        };
    }

    private static String time(com.google.protobuf.Timestamp time) {
        return Values.time(time).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private void add(String... cells) {
        lines.add(cells);
    }

    /** @param bold whether the titles may stand out */
    List<String> lines(boolean bold) {
        int[] widths = new int[lines.get(0).length];
        for (String[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                line[i] = Values.harmless(line[i]);
                widths[i] = Math.max(widths[i], line[i].codePointCount(0, line[i].length()));
            }
        }
        List<String> all = new ArrayList<>();
        for (String[] line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < line.length; i++) {
                int blanks = widths[i] - line[i].codePointCount(0, line[i].length()) + 2;
                text.append(line[i]).append(" ".repeat(i == line.length - 1 ? 0 : blanks));
            }
            boolean title = bold && all.isEmpty();
            all.add(
                    title
                            ? "\u001b[1m" + text.toString().stripTrailing() + "\u001b[0m"
                            : text.toString().stripTrailing());
        }
        return all;
    }

    @Override
    public String toString() {
        return lines.stream().map(Arrays::toString).toList().toString();
    }
}
