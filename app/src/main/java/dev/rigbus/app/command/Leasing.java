package dev.rigbus.app.command;

import dev.rigbus.app.lab.Output;
import dev.rigbus.client.CallException;
import dev.rigbus.client.lease.ExporterInfo;
import dev.rigbus.client.lease.LeaseInfo;
import dev.rigbus.client.lease.Leases;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What clients do with leases, in the words of the command line. */
final class Leasing {
    private Leasing() {}

    /** Something that is done as a client. */
    interface Talk {
        void with(Leases lab) throws Exception;
    }

    static ExitCode talk(Words words, Talk talk) throws Exception {
        Leases lab;
        try {
            lab = Leases.connect(ClientFlags.access(words, System.getenv()));
        } catch (IOException e) {
            throw new CommandException(ExitCode.UNREACHABLE, "rigbus: " + e.getMessage(), e);
        }
        try (lab) {
            talk.with(lab);
            return ExitCode.OK;
        } catch (CallException e) {
            throw new CommandException(LabAnswers.code(e), "rigbus: " + LabAnswers.text(e), e);
        } catch (IOException e) {
            throw new CommandException("rigbus: " + e.getMessage(), e);
        }
    }

    static void show(Output output, List<LeaseInfo> leases) {
        output.rows(
                "lease",
                List.of("NAME", "CLIENT", "SELECTOR", "EXPORTER", "STATE", "DURATION", "END", "REASON"),
                leases.stream().map(Leasing::row).toList());
    }

    private static Map<String, @Nullable Object> row(LeaseInfo lease) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", lease.name());
        row.put("client", lease.client());
        row.put("selector", lease.selector());
        row.put("exporter", lease.exporter());
        row.put("state", lease.state());
        row.put("duration", lease.duration().toString().substring(2).toLowerCase(Locale.ROOT));
        row.put("end", time(lease.end()));
        row.put("reason", lease.reason());
        return row;
    }

    private static @Nullable String time(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static void showExporters(Output output, List<ExporterInfo> exporters) {
        output.rows(
                "exporter",
                List.of("NAME", "STATUS", "ENABLED", "LABELS", "MESSAGE"),
                exporters.stream().map(Leasing::row).toList());
    }

    private static Map<String, @Nullable Object> row(ExporterInfo exporter) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", exporter.name());
        row.put("status", exporter.status());
        row.put("enabled", exporter.enabled());
        row.put("labels", new TreeMap<>(exporter.labels()));
        row.put("message", exporter.message());
        return row;
    }
}
