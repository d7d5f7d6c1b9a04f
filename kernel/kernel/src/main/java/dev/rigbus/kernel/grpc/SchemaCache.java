package dev.rigbus.kernel.grpc;

import dev.rigbus.kernel.schema.ExporterSchema;
import dev.rigbus.wire.GetReportResponse;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The schema of an exporter as its drivers are now; made again when another version of a driver says something else. */
final class SchemaCache implements Supplier<ExporterSchema> {
    private final Supplier<GetReportResponse> report;
    private @Nullable Made last;

    private record Made(GetReportResponse of, ExporterSchema schema) {}

    SchemaCache(Supplier<GetReportResponse> report) {
        this.report = report;
    }

    @Override
    public synchronized ExporterSchema get() {
        GetReportResponse now = report.get();
        Made known = last;
        if (known == null || !known.of().equals(now)) {
            known = new Made(now, new ExporterSchema(now.getReportsList()));
            last = known;
        }
        return known.schema();
    }
}
