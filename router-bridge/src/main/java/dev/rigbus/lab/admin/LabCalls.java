package dev.rigbus.lab.admin;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.kernel.grpc.Unary;
import dev.rigbus.lab.lease.Asker;
import dev.rigbus.lab.lease.Explainer;
import dev.rigbus.lab.lease.Explanation;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.lab.ExplainRequest;
import dev.rigbus.wire.lab.ExplainResponse;
import dev.rigbus.wire.lab.Finding;
import dev.rigbus.wire.lab.ListNodesRequest;
import dev.rigbus.wire.lab.ListNodesResponse;
import dev.rigbus.wire.lab.WhoAmIRequest;
import dev.rigbus.wire.lab.WhoAmIResponse;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** LabService: what clients may know of the lab beyond what Jumpstarter tells them. */
public final class LabCalls {
    private static final String SERVICE = "/rigbus.lab.v1.LabService/";

    private final Lab lab;
    private final AdminAccess admins;
    private final Function<ServerCall, Future<Client>> clients;
    private final Listing listing;

    /**
     * @param admins who may look at everything
     * @param clients who may look at their own namespace; they are told by their metadata {@code jumpstarter-kind}
     */
    public LabCalls(Lab lab, AdminAccess admins, Function<ServerCall, Future<Client>> clients) {
        this.lab = lab;
        this.admins = admins;
        this.clients = clients;
        this.listing = new Listing(lab);
    }

    /** By path, as {@link dev.rigbus.grpc.GrpcServer} wants them. */
    public Map<String, CallHandler> handlers() {
        Map<String, CallHandler> all = new HashMap<>();
        put(all, "Explain", ExplainRequest.parser(), (call, q) -> asker(call).map(asker -> explain(asker, q)));
        put(
                all,
                "ListNodes",
                ListNodesRequest.parser(),
                (call, q) -> asker(call).map(asker -> nodes()));
        put(all, "WhoAmI", WhoAmIRequest.parser(), (call, q) -> whoAmI(call));
        return all;
    }

    private static <Q extends MessageLite> void put(
            Map<String, CallHandler> all,
            String method,
            Parser<Q> parser,
            java.util.function.BiFunction<ServerCall, Q, Future<? extends MessageLite>> service) {
        all.put(SERVICE + method, Unary.of(parser, service));
    }

    private static boolean isClient(ServerCall call) {
        return call.metadata("jumpstarter-kind") != null;
    }

    private Future<Asker> asker(ServerCall call) {
        return isClient(call)
                ? clients.apply(call).map(client -> new Asker(client.name()))
                : admins.who(call).map(Asker.ADMINISTRATOR);
    }

    private ExplainResponse explain(Asker asker, ExplainRequest request) {
        String own =
                asker.client() == null ? lab.site().namespace() : asker.client().namespace();
        String namespace = request.getNamespace().isEmpty() ? own : request.getNamespace();
        ObjectName name = new ObjectName(namespace, request.getName());
        Explainer explainer = new Explainer(
                lab.view().rules(namespace), lab.view()::labels, lab.view().waiting(), lab.now());
        return switch (request.getKind()) {
            case KIND_LEASE ->
                message(explainer.lease(
                        visible(asker, Lease.KIND, name, lab.view().lease(name)),
                        lab.view().boards(namespace),
                        asker));
            case KIND_EXPORTER ->
                message(explainer.exporter(
                        visible(asker, Exporter.KIND, name, lab.view().board(name)), asker));
            default -> throw Refusals.invalid("only leases and exporters can be explained");
        };
    }

    /** What somebody may not see has to look as if it were not there. */
    private static <T> T visible(Asker asker, String kind, ObjectName name, @Nullable T found) {
        if (found == null || !asker.sees(name.namespace())) {
            throw Refusals.missing(kind, name);
        }
        return found;
    }

    private static ExplainResponse message(Explanation explanation) {
        ExplainResponse.Builder message = ExplainResponse.newBuilder()
                .setSubject(explanation.subject())
                .setSummary(explanation.summary())
                .addAllFacts(explanation.facts())
                .addAllAdvice(explanation.advice());
        for (Explanation.Row row : explanation.rows()) {
            message.addFindings(Finding.newBuilder()
                    .setName(row.name())
                    .setState(row.state())
                    .setReason(row.reason()));
        }
        if (explanation.place() != null) {
            message.setPlace(explanation.place());
        }
        return message.build();
    }

    private ListNodesResponse nodes() {
        return ListNodesResponse.newBuilder().addAllNodes(listing.nodes()).build();
    }

    private Future<WhoAmIResponse> whoAmI(ServerCall call) {
        if (!isClient(call)) {
            return admins.who(call)
                    .map(who -> WhoAmIResponse.newBuilder().setName(who).build());
        }
        return clients.apply(call).map(client -> {
            WhoAmIResponse.Builder response = WhoAmIResponse.newBuilder()
                    .setNamespace(client.name().namespace())
                    .setName(client.name().name())
                    .putAllLabels(client.labels());
            if (client.username() != null) {
                response.setUsername(client.username());
            }
            return response.build();
        });
    }
}
