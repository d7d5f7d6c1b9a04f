package dev.rigbus.lab.admin;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.kernel.grpc.Unary;
import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.lease.Names;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.lab.ApplyRequest;
import dev.rigbus.wire.lab.ApplyResponse;
import dev.rigbus.wire.lab.AuditEntry;
import dev.rigbus.wire.lab.BackupRequest;
import dev.rigbus.wire.lab.BundleObject;
import dev.rigbus.wire.lab.ChangeBundleRequest;
import dev.rigbus.wire.lab.CreateNodeRequest;
import dev.rigbus.wire.lab.CreateRequest;
import dev.rigbus.wire.lab.DeleteRequest;
import dev.rigbus.wire.lab.DrainNodeRequest;
import dev.rigbus.wire.lab.GetAuditRequest;
import dev.rigbus.wire.lab.GetAuditResponse;
import dev.rigbus.wire.lab.GetMetricsRequest;
import dev.rigbus.wire.lab.GetRequest;
import dev.rigbus.wire.lab.JoinToken;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.LabStatus;
import dev.rigbus.wire.lab.ListBundlesRequest;
import dev.rigbus.wire.lab.ListBundlesResponse;
import dev.rigbus.wire.lab.ListRequest;
import dev.rigbus.wire.lab.Metrics;
import dev.rigbus.wire.lab.PolicyObject;
import dev.rigbus.wire.lab.PutBundleRequest;
import dev.rigbus.wire.lab.PutBundleResponse;
import dev.rigbus.wire.lab.Reference;
import dev.rigbus.wire.lab.RevokeRequest;
import dev.rigbus.wire.lab.RotateTokenRequest;
import dev.rigbus.wire.lab.StatusRequest;
import dev.rigbus.wire.lab.UpdateRequest;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** AdminService: who calls is asked first, and what changes anything is written down. */
public final class AdminCalls {
    private static final String SERVICE = "/rigbus.lab.v1.AdminService/";
    private static final int USUAL_AUDIT = 100;

    private final Lab lab;
    private final AdminAccess access;
    private final Listing listing;
    private final Creation creation;
    private final Changes changes;
    private final Trail trail;

    public AdminCalls(Lab lab, AdminAccess access) {
        this.lab = lab;
        this.access = access;
        this.listing = new Listing(lab);
        this.creation = new Creation(lab);
        this.changes = new Changes(lab, listing);
        this.trail = new Trail(lab.audit(), lab.cluster());
    }

    /** By path, as {@link dev.rigbus.grpc.GrpcServer} wants them. */
    public Map<String, CallHandler> handlers() {
        Map<String, CallHandler> all = new HashMap<>();
        put(all, "Create", CreateRequest.parser(), this::create);
        put(all, "Get", GetRequest.parser(), (who, q) -> get(q));
        put(all, "List", ListRequest.parser(), (who, q) -> Future.succeededFuture(listing.list(q)));
        put(all, "Update", UpdateRequest.parser(), this::update);
        put(all, "Apply", ApplyRequest.parser(), this::apply);
        put(all, "PutBundle", PutBundleRequest.parser(), (who, q) -> putBundle(q));
        put(all, "ChangeBundle", ChangeBundleRequest.parser(), this::changeBundle);
        put(all, "ListBundles", ListBundlesRequest.parser(), (who, q) -> listBundles());
        put(all, "Delete", DeleteRequest.parser(), this::delete);
        put(all, "RotateToken", RotateTokenRequest.parser(), this::rotate);
        put(all, "Revoke", RevokeRequest.parser(), this::revoke);
        put(all, "CreateNode", CreateNodeRequest.parser(), this::createNode);
        put(all, "DrainNode", DrainNodeRequest.parser(), this::drainNode);
        put(all, "GetMetrics", GetMetricsRequest.parser(), (who, q) -> metrics());
        put(all, "GetAudit", GetAuditRequest.parser(), (who, q) -> audit(q));
        put(all, "Status", StatusRequest.parser(), (who, q) -> Future.succeededFuture(status()));
        all.put(
                SERVICE + "Backup",
                Unary.streaming(BackupRequest.parser(), (call, q) -> new BackupCall(lab, call, backup(call))));
        return all;
    }

    private interface Service<Q> {
        Future<? extends MessageLite> serve(String who, Q request);
    }

    private <Q extends MessageLite> void put(
            Map<String, CallHandler> all, String method, Parser<Q> parser, Service<Q> service) {
        all.put(
                SERVICE + method,
                Unary.of(
                        parser,
                        (ServerCall call, Q request) -> access.who(call).compose(who -> service.serve(who, request))));
    }

    private Future<? extends MessageLite> create(String who, CreateRequest request) {
        LabObject wanted = request.getObject();
        String kind = wanted.getWhatCase().name().toLowerCase(Locale.ROOT);
        return trail.of(who, kind + ".create", kind + " " + key(wanted), Map.of(), () -> creation.create(wanted));
    }

    private String key(LabObject wanted) {
        return switch (wanted.getWhatCase()) {
            case CLIENT ->
                key(wanted.getClient().getNamespace(), wanted.getClient().getName());
            case EXPORTER ->
                key(wanted.getExporter().getNamespace(), wanted.getExporter().getName());
            case POLICY ->
                key(wanted.getPolicy().getNamespace(), wanted.getPolicy().getName());
            case ADMIN -> wanted.getAdmin().getName();
            default -> "";
        };
    }

    private String key(String namespace, String name) {
        return new ObjectName(namespace.isEmpty() ? lab.site().namespace() : namespace, name).key();
    }

    private Future<? extends MessageLite> get(GetRequest request) {
        return Future.succeededFuture(listing.get(request.getObject().getKind(), name(request.getObject())));
    }

    private Future<? extends MessageLite> update(String who, UpdateRequest request) {
        Reference of = request.getObject();
        return trail.of(
                who,
                word(of.getKind()) + ".update",
                text(of),
                detail(request),
                () -> changes.update(of.getKind(), name(of), request));
    }

    private static Map<String, String> detail(UpdateRequest request) {
        Map<String, String> detail = new TreeMap<>();
        request.getLabelsMap().forEach((key, value) -> detail.put("label " + key, value));
        request.getRemoveLabelsList().forEach(key -> detail.put("label " + key, "(removed)"));
        if (request.hasEnabled()) {
            detail.put("enabled", String.valueOf(request.getEnabled()));
        }
        if (request.hasMaintenance()) {
            detail.put("maintenance", request.getMaintenance());
        }
        if (request.hasUsername()) {
            detail.put("username", request.getUsername());
        }
        if (request.hasPolicy()) {
            PolicyObject policy = request.getPolicy();
            detail.put("rules", String.valueOf(policy.getRulesCount()));
        }
        return detail;
    }

    private Future<? extends MessageLite> delete(String who, DeleteRequest request) {
        Reference of = request.getObject();
        String action = of.getKind() == Kind.KIND_LEASE ? "lease.release" : word(of.getKind()) + ".delete";
        return trail.of(who, action, text(of), Map.of(), () -> changes.delete(of.getKind(), name(of)))
                .map(Empty.getDefaultInstance());
    }

    private Future<? extends MessageLite> apply(String who, ApplyRequest request) {
        Refusals.checkLabels(request.getLabelsMap());
        LabBoards.Wish wish = new LabBoards.Wish(
                request.getFile(),
                request.getText(),
                request.getNode(),
                request.getNamespace(),
                request.getLabelsMap());
        return trail.of(
                        who,
                        "exporter.apply",
                        "exporter of " + request.getFile(),
                        Map.of(),
                        () -> lab.boards().apply(wish))
                .map(applied -> ApplyResponse.newBuilder()
                        .setExporter(Reference.newBuilder()
                                .setKind(Kind.KIND_EXPORTER)
                                .setNamespace(applied.exporter().namespace())
                                .setName(applied.exporter().name()))
                        .setNode(applied.node())
                        .setOutcome(applied.outcome())
                        .build());
    }

    private Future<? extends MessageLite> putBundle(PutBundleRequest request) {
        return lab.bundles()
                .put(request.getHash(), request.getOffset(), request.getData().toByteArray(), request.getLast())
                .map(received ->
                        PutBundleResponse.newBuilder().setReceived(received).build());
    }

    private Future<? extends MessageLite> changeBundle(String who, ChangeBundleRequest request) {
        LabBundles.Deed deed = switch (request.getDeed()) {
            case DEED_DEPLOY -> LabBundles.Deed.DEPLOY;
            case DEED_UPGRADE -> LabBundles.Deed.UPGRADE;
            case DEED_ROLLBACK -> LabBundles.Deed.ROLLBACK;
            case DEED_REMOVE -> LabBundles.Deed.REMOVE;
            default -> throw new IllegalArgumentException("deed is missing");
        };
        LabBundles.Wish wish = new LabBundles.Wish(
                deed, request.getName(), request.getHash(), request.getNodesList(), request.getRolling());
        Map<String, String> detail = new TreeMap<>();
        if (!wish.hash().isEmpty()) {
            detail.put("sha256", wish.hash());
        }
        if (!wish.nodes().isEmpty()) {
            detail.put("nodes", String.join(",", wish.nodes()));
        }
        return trail.of(
                        who,
                        "bundle." + deed.name().toLowerCase(Locale.ROOT),
                        "bundle" + (wish.name().isEmpty() ? "" : " " + wish.name()),
                        detail,
                        () -> lab.bundles().change(wish))
                .map(AdminCalls::message);
    }

    private Future<? extends MessageLite> listBundles() {
        return lab.bundles()
                .all()
                .map(all -> ListBundlesResponse.newBuilder()
                        .addAllBundles(all.stream().map(AdminCalls::message).toList())
                        .build());
    }

    private static BundleObject message(LabBundles.Bundle bundle) {
        return BundleObject.newBuilder()
                .setName(bundle.name())
                .setVersion(bundle.version())
                .setHash(bundle.hash())
                .setPreviousVersion(bundle.previous() == null ? "" : bundle.previous())
                .addAllRights(bundle.rights())
                .putAllServing(bundle.serving())
                .setEverywhere(bundle.everywhere())
                .build();
    }

    private Future<? extends MessageLite> rotate(String who, RotateTokenRequest request) {
        Reference of = request.getObject();
        ObjectName name = of.getKind() == Kind.KIND_ADMIN ? new ObjectName("", of.getName()) : name(of);
        return trail.of(
                        who,
                        word(of.getKind()) + ".rotate",
                        text(of),
                        Map.of(),
                        () -> changes.rotate(of.getKind(), name))
                .map(issued -> creation.credentials(issued, name));
    }

    private Future<? extends MessageLite> revoke(String who, RevokeRequest request) {
        Reference of = request.getObject();
        return trail.of(
                        who,
                        word(of.getKind()) + ".revoke",
                        text(of),
                        Map.of(),
                        () -> changes.revoke(of.getKind(), name(of)))
                .map(Empty.getDefaultInstance());
    }

    private Future<? extends MessageLite> createNode(String who, CreateNodeRequest request) {
        return trail.of(who, "node.create", "node " + request.getName(), Map.of(), () -> {
                    Names.check("node", request.getName());
                    return lab.nodes().invite(request.getName());
                })
                .map(made -> JoinToken.newBuilder()
                        .setToken(made.token())
                        .setExpires(Messages.time(made.expires()))
                        .build());
    }

    private Future<? extends MessageLite> drainNode(String who, DrainNodeRequest request) {
        return trail.of(
                        who,
                        "node.drain",
                        "node " + request.getName(),
                        request.getReason().isEmpty() ? Map.of() : Map.of("reason", request.getReason()),
                        () -> lab.nodes().drain(listing.node(request.getName()).name()))
                .map(Empty.getDefaultInstance());
    }

    private Future<java.nio.file.Path> backup(ServerCall call) {
        return access.who(call)
                .compose(who -> trail.of(who, "lab.backup", "lab", Map.of(), () -> BackupCall.write(lab)));
    }

    private Future<? extends MessageLite> metrics() {
        return Future.succeededFuture(
                Metrics.newBuilder().setText(lab.metrics().get()).build());
    }

    private Future<? extends MessageLite> audit(GetAuditRequest request) {
        int limit = request.getLimit() > 0 ? Math.min(request.getLimit(), AuditLog.MAX_LIMIT) : USUAL_AUDIT;
        long from = request.hasSince() ? request.getSince().getSeconds() * 1000 : 0;
        int asked = request.getAbout().isEmpty() ? limit : AuditLog.MAX_LIMIT;
        return lab.audit().read(from, Long.MAX_VALUE, asked).map(page -> {
            GetAuditResponse.Builder response = GetAuditResponse.newBuilder().addAllSilent(page.silent());
            var about = page.entries().stream()
                    .filter(entry -> isAbout(entry, request.getAbout()))
                    .toList();
            about.stream()
                    .skip(Math.max(0, about.size() - limit))
                    .map(AdminCalls::message)
                    .forEach(response::addEntries);
            return response.build();
        });
    }

    /** Whether a word, such as the name of a lease or of a board, stands in what the entry says of who and what. */
    private static boolean isAbout(AuditLog.Entry entry, String word) {
        return entry.object().contains(word)
                || entry.actor().contains(word)
                || entry.detail().containsValue(word);
    }

    private static AuditEntry message(AuditLog.Entry entry) {
        return AuditEntry.newBuilder()
                .setTime(Messages.time(Instant.ofEpochMilli(entry.time())))
                .setNode(entry.node())
                .setActor(entry.actor())
                .setAction(entry.action())
                .setObject(entry.object())
                .setOutcome(entry.outcome())
                .putAllDetails(entry.detail())
                .build();
    }

    private LabStatus status() {
        return LabStatus.newBuilder()
                .setNode(lab.cluster().self())
                .setVersion(lab.site().version())
                .setEndpoint(lab.site().endpoint())
                .setNamespace(lab.site().namespace())
                .setAuthority(lab.site().authority())
                .setMajority(lab.cluster().hasMajority())
                .setMembers(lab.cluster().members().size())
                .build();
    }

    private ObjectName name(Reference reference) {
        String namespace = reference.getNamespace();
        return new ObjectName(namespace.isEmpty() ? lab.site().namespace() : namespace, reference.getName());
    }

    private static String word(Kind kind) {
        return kind.name().substring("KIND_".length()).toLowerCase(Locale.ROOT);
    }

    private String text(Reference of) {
        boolean global = of.getKind() == Kind.KIND_ADMIN || of.getKind() == Kind.KIND_NODE;
        return word(of.getKind()) + " " + (global ? of.getName() : name(of).key());
    }
}
