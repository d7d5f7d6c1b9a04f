package dev.rigbus.lab.service;

import com.google.protobuf.Empty;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.grpc.Unary;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.lease.Board;
import dev.rigbus.lab.lease.Names;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.lease.Wishes;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.wire.client.CreateLeaseRequest;
import dev.rigbus.wire.client.DeleteLeaseRequest;
import dev.rigbus.wire.client.Exporter;
import dev.rigbus.wire.client.GetExporterRequest;
import dev.rigbus.wire.client.GetLeaseRequest;
import dev.rigbus.wire.client.ListExportersRequest;
import dev.rigbus.wire.client.ListExportersResponse;
import dev.rigbus.wire.client.ListLeasesRequest;
import dev.rigbus.wire.client.ListLeasesResponse;
import dev.rigbus.wire.client.RotateTokenRequest;
import dev.rigbus.wire.client.RotateTokenResponse;
import dev.rigbus.wire.client.UpdateLeaseRequest;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** {@code jumpstarter.client.v1.ClientService}: looking for boards, and leasing them. */
final class ClientCalls {
    private static final String SERVICE = "/jumpstarter.client.v1.ClientService/";

    private final Authenticator who;
    private final TokenIssuer tokens;
    private final LabView view;
    private final LeaseDesk leases;
    private final LabSettings settings;
    private final Deeds deeds;

    ClientCalls(
            Authenticator who, TokenIssuer tokens, LabView view, LeaseDesk leases, LabSettings settings, Deeds deeds) {
        this.who = who;
        this.tokens = tokens;
        this.view = view;
        this.leases = leases;
        this.settings = settings;
        this.deeds = deeds;
    }

    Map<String, CallHandler> handlers() {
        Map<String, CallHandler> handlers = new LinkedHashMap<>();
        handlers.put(SERVICE + "GetExporter", Unary.of(GetExporterRequest.parser(), this::getExporter));
        handlers.put(SERVICE + "ListExporters", Unary.of(ListExportersRequest.parser(), this::listExporters));
        handlers.put(SERVICE + "GetLease", Unary.of(GetLeaseRequest.parser(), this::getLease));
        handlers.put(SERVICE + "ListLeases", Unary.of(ListLeasesRequest.parser(), this::listLeases));
        handlers.put(SERVICE + "CreateLease", Unary.of(CreateLeaseRequest.parser(), this::createLease));
        handlers.put(SERVICE + "UpdateLease", Unary.of(UpdateLeaseRequest.parser(), this::updateLease));
        handlers.put(SERVICE + "DeleteLease", Unary.of(DeleteLeaseRequest.parser(), this::deleteLease));
        handlers.put(SERVICE + "RotateToken", Unary.of(RotateTokenRequest.parser(), this::rotateToken));
        return handlers;
    }

    private Future<Client> client(ServerCall call, String namespace) {
        return who.client(call).map(client -> {
            if (!client.name().namespace().equals(namespace)) {
                throw new StatusException(Code.PERMISSION_DENIED, "namespace mismatch");
            }
            return client;
        });
    }

    private Future<Exporter> getExporter(ServerCall call, GetExporterRequest request) {
        ObjectName name = Names.object(request.getName(), Names.EXPORTERS);
        return client(call, name.namespace()).map(client -> {
            Board board = view.board(name);
            if (board == null) {
                throw LabErrors.notFound("exporters", name.name());
            }
            return message(board, request.getShowHiddenLabels());
        });
    }

    private Future<ListExportersResponse> listExporters(ServerCall call, ListExportersRequest request) {
        String namespace = Names.namespace(request.getParent());
        return client(call, namespace).map(client -> {
            Selector filter = Wishes.filter(request.getFilter());
            Pages.Page<Exporter> page = Pages.of(
                    view.exporters(namespace),
                    request.getPageSize(),
                    request.getPageToken(),
                    exporter -> filter.matches(exporter.labels()),
                    exporter -> message(view.board(exporter), request.getShowHiddenLabels()),
                    Exporter::getSerializedSize);
            return ListExportersResponse.newBuilder()
                    .addAllExporters(page.items())
                    .setNextPageToken(page.next())
                    .build();
        });
    }

    private Exporter message(Board board, boolean showHidden) {
        dev.rigbus.lab.model.Exporter exporter = board.exporter();
        Map<String, String> labels = new LinkedHashMap<>(exporter.labels());
        Map<String, String> deprecated = settings.deprecatedAmong(labels.keySet());
        if (!showHidden) {
            labels.keySet().removeAll(settings.hiddenLabels());
            labels.keySet().removeAll(deprecated.keySet());
        }
        return Exporter.newBuilder()
                .setName(exporter.name().path(Names.EXPORTERS))
                .putAllLabels(labels)
                .setOnline(board.isOnline())
                .setStatus(board.status())
                .setStatusMessage(board.message())
                .setEnabled(exporter.isOffered())
                .putAllDeprecatedLabels(deprecated)
                .build();
    }

    private Future<dev.rigbus.wire.client.Lease> getLease(ServerCall call, GetLeaseRequest request) {
        ObjectName name = Names.object(request.getName(), Names.LEASES);
        return client(call, name.namespace()).map(client -> {
            Lease lease = view.lease(name);
            if (lease == null) {
                throw LabErrors.notFound("leases", name.name());
            }
            leases.polled(name);
            return message(lease);
        });
    }

    private dev.rigbus.wire.client.Lease message(Lease lease) {
        Map<String, String> used = Selector.kept(lease.wish().selector()).equalities();
        return LeaseMessages.message(lease, leases.now(), settings.deprecatedAmong(used.keySet()));
    }

    private Future<ListLeasesResponse> listLeases(ServerCall call, ListLeasesRequest request) {
        String namespace = Names.namespace(request.getParent());
        return client(call, namespace).map(client -> {
            Selector filter = Wishes.filter(request.getFilter());
            Selector tags = Wishes.tagFilter(request.getTagFilter());
            boolean onlyActive = !request.hasOnlyActive() || request.getOnlyActive();
            Predicate<Lease> wanted = lease ->
                    filter.matches(Selector.kept(lease.wish().selector()).equalities())
                            && tags.matches(lease.wish().tags());
            Pages.Page<dev.rigbus.wire.client.Lease> page = Pages.of(
                    onlyActive ? view.activeLeases(namespace) : view.leases(namespace),
                    request.getPageSize(),
                    request.getPageToken(),
                    wanted,
                    this::message,
                    dev.rigbus.wire.client.Lease::getSerializedSize);
            return ListLeasesResponse.newBuilder()
                    .addAllLeases(page.items())
                    .setNextPageToken(page.next())
                    .build();
        });
    }

    private Future<dev.rigbus.wire.client.Lease> createLease(ServerCall call, CreateLeaseRequest request) {
        leases.check(request);
        String namespace = Names.namespace(request.getParent());
        return client(call, namespace)
                .compose(client -> deeds.create(client, request.getLeaseId(), () -> leases.create(client, request)))
                .map(this::message);
    }

    private Future<dev.rigbus.wire.client.Lease> updateLease(ServerCall call, UpdateLeaseRequest request) {
        if (!request.hasLease()) {
            throw LabErrors.invalid("lease is required");
        }
        ObjectName name = Names.object(request.getLease().getName(), Names.LEASES);
        return client(call, name.namespace())
                .compose(client -> update(client, name, request.getLease()))
                .map(this::message);
    }

    private Future<Lease> update(Client client, ObjectName name, dev.rigbus.wire.client.Lease asked) {
        boolean transfer = !asked.getClient().isEmpty();
        return deeds.lease(
                client,
                transfer ? "lease.transfer" : "lease.update",
                name,
                transfer ? Map.of("to", asked.getClient()) : Map.of(),
                () -> leases.update(client, name, asked));
    }

    private Future<Empty> deleteLease(ServerCall call, DeleteLeaseRequest request) {
        ObjectName name = Names.object(request.getName(), Names.LEASES);
        return client(call, name.namespace())
                .compose(client ->
                        deeds.lease(client, "lease.delete", name, Map.of(), () -> leases.delete(client, name)))
                .map(done -> Empty.getDefaultInstance());
    }

    private Future<RotateTokenResponse> rotateToken(ServerCall call, RotateTokenRequest request) {
        String namespace = Names.namespace(request.getParent());
        return client(call, namespace)
                .compose(client -> deeds.self(client, "client.rotate", () -> tokens.rotate(client)))
                .map(token -> RotateTokenResponse.newBuilder()
                        .setToken(token.token())
                        .setExpiry(LeaseMessages.timestamp(token.expires()))
                        .build());
    }
}
