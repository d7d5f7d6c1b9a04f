package dev.rigbus.lab.service;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.grpc.Unary;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.AuthorityService;
import dev.rigbus.lab.authority.ListenDesk;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.wire.DialRequest;
import dev.rigbus.wire.DialResponse;
import dev.rigbus.wire.ExporterStatus;
import dev.rigbus.wire.GetLeaseRequest;
import dev.rigbus.wire.ListLeasesRequest;
import dev.rigbus.wire.ListLeasesResponse;
import dev.rigbus.wire.ListenRequest;
import dev.rigbus.wire.RegisterRequest;
import dev.rigbus.wire.RegisterResponse;
import dev.rigbus.wire.ReleaseLeaseRequest;
import dev.rigbus.wire.ReleaseLeaseResponse;
import dev.rigbus.wire.ReportStatusRequest;
import dev.rigbus.wire.ReportStatusResponse;
import dev.rigbus.wire.RequestLeaseRequest;
import dev.rigbus.wire.RequestLeaseResponse;
import dev.rigbus.wire.StatusRequest;
import dev.rigbus.wire.UnregisterRequest;
import dev.rigbus.wire.UnregisterResponse;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code jumpstarter.v1.ControllerService}: exporters register, report and hear of leases; clients dial. */
final class ControllerCalls {
    private static final String SERVICE = "/jumpstarter.v1.ControllerService/";

    private final Authenticator who;
    private final LabView view;
    private final Registration registration;
    private final LeaseDesk leases;
    private final Authorities authorities;
    private final ListenDesk listens;
    private final Deeds deeds;

    ControllerCalls(
            Authenticator who,
            LabView view,
            Registration registration,
            LeaseDesk leases,
            Authorities authorities,
            ListenDesk listens,
            Deeds deeds) {
        this.who = who;
        this.view = view;
        this.registration = registration;
        this.leases = leases;
        this.authorities = authorities;
        this.listens = listens;
        this.deeds = deeds;
    }

    Map<String, CallHandler> handlers() {
        Map<String, CallHandler> handlers = new LinkedHashMap<>();
        handlers.put(SERVICE + "Register", Unary.of(RegisterRequest.parser(), this::register));
        handlers.put(SERVICE + "Unregister", Unary.of(UnregisterRequest.parser(), this::unregister));
        handlers.put(SERVICE + "ReportStatus", Unary.of(ReportStatusRequest.parser(), this::reportStatus));
        handlers.put(SERVICE + "Status", Unary.streaming(StatusRequest.parser(), (call, request) -> {
            StatusCall status = new StatusCall(call);
            who.exporter(call)
                    .compose(exporter -> status.open(exporter.name(), authorities))
                    .onFailure(status::refuse);
            return status;
        }));
        handlers.put(SERVICE + "Listen", Unary.streaming(ListenRequest.parser(), (call, request) -> {
            ListenCall listen = new ListenCall(call);
            who.exporter(call)
                    .compose(exporter -> {
                        ObjectName lease = listened(exporter, request.getLeaseName());
                        return listen.open(lease, exporter.name(), authorities, listens);
                    })
                    .onFailure(listen::refuse);
            return listen;
        }));
        handlers.put(SERVICE + "Dial", Unary.of(DialRequest.parser(), this::dial));
        handlers.put(SERVICE + "ReleaseLease", Unary.of(ReleaseLeaseRequest.parser(), this::release));
        handlers.put(SERVICE + "RequestLease", Unary.of(RequestLeaseRequest.parser(), this::request));
        handlers.put(SERVICE + "GetLease", Unary.of(GetLeaseRequest.parser(), this::get));
        handlers.put(SERVICE + "ListLeases", Unary.of(ListLeasesRequest.parser(), this::list));
        return handlers;
    }

    private Future<RegisterResponse> register(ServerCall call, RegisterRequest request) {
        return who.exporter(call)
                .compose(exporter -> deeds.self(
                        exporter, "exporter.register", () -> registration.register(exporter.name(), request)))
                // Somebody looks after it before it says more, which it may do at any node.
                .compose(exporter -> authorities
                        .tell(exporter.name(), AuthorityService::started)
                        .transform(told -> Future.succeededFuture(exporter)))
                .map(exporter ->
                        RegisterResponse.newBuilder().setUuid(exporter.uid()).build());
    }

    private Future<UnregisterResponse> unregister(ServerCall call, UnregisterRequest request) {
        return who.exporter(call).compose(exporter -> {
            String reason = request.getReason().isEmpty() ? "Exporter unregistered" : request.getReason();
            return deeds.self(exporter, "exporter.unregister", () -> registration.unregister(exporter.name()))
                    .compose(done -> authorities.tell(
                            exporter.name(),
                            authority ->
                                    authority.reported(ExporterStatus.EXPORTER_STATUS_OFFLINE.name(), reason, false)))
                    .map(done -> UnregisterResponse.getDefaultInstance());
        });
    }

    private Future<ReportStatusResponse> reportStatus(ServerCall call, ReportStatusRequest request) {
        return who.exporter(call)
                .compose(exporter -> authorities.tell(
                        exporter.name(),
                        authority -> authority.reported(
                                request.getStatus().name(), request.getMessage(), request.getReleaseLease())))
                .map(done -> ReportStatusResponse.getDefaultInstance());
    }

    private ObjectName listened(Exporter exporter, String name) {
        Lease lease = known(exporter.name().namespace(), name);
        Lease.Grant grant = lease.grant();
        if (grant == null || !grant.exporter().equals(exporter.name().name())) {
            throw new StatusException(Code.UNKNOWN, "permission denied");
        }
        return lease.name();
    }

    private Lease known(String namespace, String name) {
        if (name.isEmpty()) {
            throw new StatusException(Code.UNKNOWN, "empty lease name");
        }
        Lease lease = view.lease(new ObjectName(namespace, name));
        if (lease == null) {
            throw LabErrors.notFound("leases", name);
        }
        return lease;
    }

    private Future<DialResponse> dial(ServerCall call, DialRequest request) {
        return who.client(call)
                .compose(client -> {
                    Lease lease = known(client.name().namespace(), request.getLeaseName());
                    if (!lease.client().equals(client.name().name())) {
                        return deeds.lease(client, "lease.dial", lease.name(), Map.of(), () -> {
                            throw new StatusException(Code.UNKNOWN, "permission denied");
                        });
                    }
                    Lease.Grant grant = lease.grant();
                    if (grant == null || lease.hasEnded()) {
                        throw new StatusException(Code.UNKNOWN, "lease not active");
                    }
                    ObjectName exporter = new ObjectName(lease.name().namespace(), grant.exporter());
                    return authorities.dial(exporter, request.getLeaseName());
                })
                .map(way -> DialResponse.newBuilder()
                        .setRouterEndpoint(way.getString("endpoint"))
                        .setRouterToken(way.getString("token"))
                        .build());
    }

    private Future<ReleaseLeaseResponse> release(ServerCall call, ReleaseLeaseRequest request) {
        boolean byExporter = "Exporter".equals(call.metadata("jumpstarter-kind"));
        Future<?> released = byExporter
                ? who.exporter(call).compose(exporter -> releaseByExporter(exporter, request.getName()))
                : who.client(call).compose(client -> release(client, request.getName()));
        return released.map(done -> ReleaseLeaseResponse.getDefaultInstance());
    }

    private Future<Lease> release(Client client, String name) {
        return deeds.lease(
                client,
                "lease.release",
                new ObjectName(client.name().namespace(), name),
                Map.of(),
                () -> leases.release(client, name, "ReleaseLease permission denied"));
    }

    private Future<?> releaseByExporter(Exporter exporter, String name) {
        Lease lease = view.lease(new ObjectName(exporter.name().namespace(), name));
        if (lease == null) {
            return Future.failedFuture(new StatusException(Code.NOT_FOUND, "lease " + name + " not found"));
        }
        Lease.Grant grant = lease.grant();
        if (grant == null || !grant.exporter().equals(exporter.name().name())) {
            return Future.failedFuture(new StatusException(
                    Code.FAILED_PRECONDITION,
                    "lease " + name + " is not held by exporter "
                            + exporter.name().name()));
        }
        return leases.giveBack(lease.name());
    }

    private Future<RequestLeaseResponse> request(ServerCall call, RequestLeaseRequest request) {
        return who.client(call)
                .compose(client -> deeds.create(
                        client,
                        "",
                        () -> leases.request(
                                client, request.getSelector(), LeaseMessages.duration(request.getDuration()))))
                .map(lease -> RequestLeaseResponse.newBuilder()
                        .setName(lease.name().name())
                        .build());
    }

    private Future<dev.rigbus.wire.GetLeaseResponse> get(ServerCall call, GetLeaseRequest request) {
        return who.client(call).map(client -> {
            Lease lease = known(client.name().namespace(), request.getName());
            if (!lease.client().equals(client.name().name())) {
                throw new StatusException(Code.UNKNOWN, "GetLease permission denied");
            }
            leases.polled(lease.name());
            Lease.Grant grant = lease.grant();
            @Nullable
            Exporter exporter = grant == null
                    ? null
                    : view.exporter(new ObjectName(lease.name().namespace(), grant.exporter()));
            return LeaseMessages.legacy(lease, exporter);
        });
    }

    private Future<ListLeasesResponse> list(ServerCall call, ListLeasesRequest request) {
        return who.client(call).map(client -> {
            ListLeasesResponse.Builder names = ListLeasesResponse.newBuilder();
            view.activeLeases(client.name().namespace()).values().stream()
                    .filter(lease -> lease.client().equals(client.name().name()))
                    .forEach(lease -> names.addNames(lease.name().name()));
            return names.build();
        });
    }
}
