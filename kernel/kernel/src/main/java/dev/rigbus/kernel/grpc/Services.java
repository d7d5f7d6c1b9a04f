package dev.rigbus.kernel.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.kernel.call.Pickups;
import dev.rigbus.kernel.schema.ExporterSchema;
import dev.rigbus.kernel.session.LogHub;
import dev.rigbus.kernel.session.SessionService;
import dev.rigbus.wire.GetReportResponse;
import dev.rigbus.wire.JumpstarterProto;
import dev.rigbus.wire.RouterProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** What an exporter serves over gRPC, wherever its clients come in. */
public final class Services {
    private static final String EXPORTER = "jumpstarter.v1.ExporterService";
    private static final String ROUTER = "jumpstarter.v1.RouterService";

    private final Supplier<GetReportResponse> report;
    private final Drivers drivers;
    private final LogHub logs;
    private final Pickups pickups;
    private final Supplier<ExporterSchema> schema;

    /** @param drivers those that clients may name */
    public Services(Supplier<GetReportResponse> report, Collection<UUID> drivers, LogHub logs, Pickups pickups) {
        this.report = report;
        this.drivers = new Drivers(drivers);
        this.logs = logs;
        this.pickups = pickups;
        this.schema = new SchemaCache(report);
    }

    /** The handlers by path, for clients of one session. */
    Served handlers(SessionService session, BusCalls bus, Admission admission) {
        SessionCalls calls = new SessionCalls(session, report, logs);
        DriverCalls driverCalls = new DriverCalls(drivers, bus, admission);
        Map<String, CallHandler> handlers = new LinkedHashMap<>();
        handlers.put("/" + EXPORTER + "/GetReport", calls.getReport());
        handlers.put("/" + EXPORTER + "/GetStatus", calls.getStatus());
        handlers.put("/" + EXPORTER + "/EndSession", calls.endSession());
        handlers.put("/" + EXPORTER + "/Reset", calls.reset());
        handlers.put("/" + EXPORTER + "/LogStream", calls.logStream());
        handlers.put("/" + EXPORTER + "/DriverCall", driverCalls.call());
        handlers.put("/" + EXPORTER + "/StreamingDriverCall", driverCalls.streamingCall());
        handlers.put("/" + ROUTER + "/Stream", new StreamCalls(drivers, bus, admission, pickups).stream());
        HealthCalls health = new HealthCalls(Set.of(EXPORTER, ROUTER));
        handlers.put("/grpc.health.v1.Health/Check", health.check());
        handlers.put("/grpc.health.v1.Health/Watch", health.watch());
        // Made when somebody reflects: descriptors cost start-up time that hardly anybody wants to pay.
        CallHandler reflection =
                call -> new ReflectionCalls(served(schema.get())).info().start(call);
        handlers.put("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", reflection);
        handlers.put("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", reflection);
        return new Served(Map.copyOf(handlers), new NativeCalls(schema, drivers, bus, admission));
    }

    private static List<FileDescriptor> served(ExporterSchema drivers) {
        List<FileDescriptor> all =
                new ArrayList<>(List.of(JumpstarterProto.getDescriptor(), RouterProto.getDescriptor()));
        all.addAll(drivers.files());
        return all;
    }
}
