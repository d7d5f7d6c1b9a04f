package dev.rigbus.lab.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.identity.Admin;
import dev.rigbus.lab.identity.Authenticator;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.wire.lab.Kind;
import io.netty.handler.codec.http.HttpMethod;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As much of a Kubernetes API as {@code jmp admin} calls, for administrators of the lab with their token. */
final class KubeFacade {
    static final String CLIENT_SECRET = "-client";
    static final String EXPORTER_SECRET = "-exporter";
    private static final Logger log = LoggerFactory.getLogger(KubeFacade.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OBJECTS = "/apis/jumpstarter.dev/v1alpha1/namespaces/";
    private static final String CORE = "/api/v1/namespaces/";
    private static final String AUTHORITY = "jumpstarter-service-ca-cert";

    private final Site site;
    private final Authenticator authenticator;
    private final TokenIssuer tokens;
    private final RecordStore records;
    private final LabChanges changes;

    KubeFacade(Site site, Authenticator authenticator, TokenIssuer tokens, RecordStore records, LabChanges changes) {
        this.site = site;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.records = records;
        this.changes = changes;
    }

    Future<Answer> answer(Request request) {
        if (!request.path().startsWith("/api/") && !request.path().startsWith("/apis/")) {
            return Future.succeededFuture(Answer.notFound());
        }
        return authenticator
                .admin(request.authorization(), request.peer())
                .transform(done ->
                        done.succeeded() ? route(request, done.result()) : Future.failedFuture(stranger(done.cause())))
                .recover(cause -> Future.succeededFuture(failure(cause)));
    }

    /** Whatever was wrong with the token, here it is one thing: the client has to show another. */
    private static Refusal stranger(Throwable cause) {
        boolean forbidden = cause instanceof StatusException e && e.status().code() == Code.PERMISSION_DENIED;
        String text = cause instanceof StatusException e ? e.status().text() : "internal error";
        return forbidden ? new Refusal(403, "Forbidden", text) : new Refusal(401, "Unauthorized", text);
    }

    private Future<Answer> route(Request request, Admin admin) {
        String path = request.path();
        boolean core = path.startsWith(CORE);
        String prefix = core ? CORE : OBJECTS;
        String[] parts =
                path.startsWith(prefix) ? path.substring(prefix.length()).split("/", -1) : new String[0];
        if (parts.length < 2 || parts.length > 3) {
            throw new Refusal(404, "NotFound", "the server could not find the requested resource");
        }
        ObjectName name = new ObjectName(parts[0], parts.length == 3 ? parts[2] : "");
        Call call = new Call(request, name, "admin " + admin.name());
        return switch ((core ? "core/" : "") + parts[1]) {
            case "clients" -> objects(call, Kind.KIND_CLIENT);
            case "exporters" -> objects(call, Kind.KIND_EXPORTER);
            case "leases" -> leases(call);
            case "core/secrets" -> secret(call);
            case "core/configmaps" -> configMap(call);
            default -> throw new Refusal(404, "NotFound", "the server could not find the requested resource");
        };
    }

    /** {@code name} has no name for what concerns all of a namespace. */
    private record Call(Request request, ObjectName name, String actor) {
        boolean isOne() {
            return !name.name().isEmpty();
        }

        boolean is(HttpMethod method) {
            return request.method().equals(method);
        }
    }

    private Future<Answer> objects(Call call, Kind kind) {
        if (call.isOne() && call.request().isGet()) {
            return Future.succeededFuture(Answer.json(200, present(kind, call.name())));
        }
        if (call.isOne() && call.is(HttpMethod.DELETE)) {
            present(kind, call.name());
            return changes.delete(call.actor(), kind, call.name()).map(done -> success());
        }
        if (!call.isOne() && call.request().isGet()) {
            return Future.succeededFuture(list(recordKind(kind), call.name().namespace()));
        }
        if (!call.isOne() && call.is(HttpMethod.POST)) {
            return create(call, kind);
        }
        throw notAllowed();
    }

    private Future<Answer> create(Call call, Kind kind) {
        JsonNode body = body(call.request());
        String expected = word(recordKind(kind));
        if (!expected.equals(body.path("kind").asText())) {
            throw new Refusal(400, "BadRequest", "the object's kind is not " + expected);
        }
        String plain = body.path("metadata").path("name").asText();
        if (plain.isEmpty()) {
            throw new Refusal(422, "Invalid", "metadata.name: is missing");
        }
        Map<String, String> labels = new HashMap<>();
        body.path("metadata").path("labels").fields().forEachRemaining(label -> {
            if (!label.getValue().isTextual()) {
                throw new Refusal(422, "Invalid", "metadata.labels: every value has to be a text");
            }
            labels.put(label.getKey(), label.getValue().asText());
        });
        String username = body.path("spec").path("username").asText();
        ObjectName name = new ObjectName(call.name().namespace(), plain);
        if (show(kind, name) != null) {
            throw exists(kind, name);
        }
        return changes.create(call.actor(), kind, name, Map.copyOf(labels), username.isEmpty() ? null : username)
                .map(done -> {
                    ObjectNode made = show(kind, name);
                    return made == null ? success() : Answer.json(201, made);
                });
    }

    private static JsonNode body(Request request) {
        try {
            return JSON.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw new Refusal(400, "BadRequest", "the body is no JSON: " + e.getOriginalMessage());
        }
    }

    private Future<Answer> leases(Call call) {
        if (!call.request().isGet()) {
            throw notAllowed();
        }
        if (!call.isOne()) {
            return Future.succeededFuture(list(Lease.KIND, call.name().namespace()));
        }
        return Future.succeededFuture(Answer.json(200, present(Kind.KIND_LEASE, call.name())));
    }

    /** A secret is not kept but made from what it belongs to, whose name it carries. */
    private Future<Answer> secret(Call call) {
        String secret = call.name().name();
        boolean ofClient = secret.endsWith(CLIENT_SECRET);
        Kind kind = ofClient ? Kind.KIND_CLIENT : Kind.KIND_EXPORTER;
        String suffix = ofClient ? CLIENT_SECRET : EXPORTER_SECRET;
        String owner = secret.endsWith(suffix) ? secret.substring(0, secret.length() - suffix.length()) : "";
        ObjectName name = new ObjectName(call.name().namespace(), owner);
        if (owner.isEmpty() || show(kind, name) == null) {
            throw missing("secrets", secret);
        }
        if (call.is(HttpMethod.DELETE)) {
            return changes.rotate(call.actor(), kind, name).map(done -> success());
        }
        if (!call.request().isGet()) {
            throw notAllowed();
        }
        TokenIssuer.Issued token = token(kind, name);
        if (token == null) {
            throw missing("secrets", secret);
        }
        log.atInfo()
                .addKeyValue("admin", call.actor())
                .addKeyValue(recordKind(kind), name)
                .log("the token was handed out");
        return Future.succeededFuture(Answer.json(200, KubeJson.secret(call.name(), token.token())));
    }

    private TokenIssuer.@Nullable Issued token(Kind kind, ObjectName name) {
        String value = value(recordKind(kind), name.key());
        return kind == Kind.KIND_CLIENT
                ? tokens.token(Records.read(Client.class, value))
                : tokens.token(Records.read(Exporter.class, value));
    }

    private Future<Answer> configMap(Call call) {
        if (!call.request().isGet()) {
            throw notAllowed();
        }
        if (!call.name().name().equals(AUTHORITY) || site.authority().isEmpty()) {
            throw missing("configmaps", call.name().name());
        }
        return Future.succeededFuture(Answer.json(200, KubeJson.configMap(call.name(), "ca.crt", site.authority())));
    }

    private Answer list(String kind, String namespace) {
        Collection<ObjectNode> items = records.all(kind).stream()
                .map(StoredRecord::key)
                .map(ObjectName::ofKey)
                .filter(name -> name.namespace().equals(namespace))
                .sorted()
                .map(name -> show(kind(kind), name))
                .filter(Objects::nonNull)
                .toList();
        return Answer.json(200, KubeJson.list(word(kind), items));
    }

    private ObjectNode present(Kind kind, ObjectName name) {
        ObjectNode found = show(kind, name);
        if (found == null) {
            throw missing(plural(kind) + ".jumpstarter.dev", name.name());
        }
        return found;
    }

    private @Nullable ObjectNode show(Kind kind, ObjectName name) {
        StoredRecord stored = records.get(recordKind(kind), name.key());
        String value = stored == null ? null : stored.value();
        if (stored == null || value == null) {
            return null;
        }
        return switch (kind) {
            case KIND_CLIENT -> KubeJson.client(Records.read(Client.class, value), stored.version(), site.endpoint());
            case KIND_EXPORTER ->
                KubeJson.exporter(Records.read(Exporter.class, value), state(name), stored.version(), site.endpoint());
            default -> KubeJson.lease(Records.read(Lease.class, value), stored.version());
        };
    }

    private @Nullable ExporterState state(ObjectName exporter) {
        StoredRecord stored = records.get(ExporterState.KIND, exporter.key());
        String value = stored == null ? null : stored.value();
        return value == null ? null : Records.read(ExporterState.class, value);
    }

    private String value(String kind, String key) {
        StoredRecord stored = records.get(kind, key);
        String value = stored == null ? null : stored.value();
        if (value == null) {
            throw missing(kind + "s", key);
        }
        return value;
    }

    private static String recordKind(Kind kind) {
        return switch (kind) {
            case KIND_CLIENT -> Client.KIND;
            case KIND_EXPORTER -> Exporter.KIND;
            default -> Lease.KIND;
        };
    }

    private static Kind kind(String recordKind) {
        return recordKind.equals(Client.KIND)
                ? Kind.KIND_CLIENT
                : recordKind.equals(Exporter.KIND) ? Kind.KIND_EXPORTER : Kind.KIND_LEASE;
    }

    private static String word(String recordKind) {
        return Character.toUpperCase(recordKind.charAt(0)) + recordKind.substring(1);
    }

    private static String plural(Kind kind) {
        return recordKind(kind) + "s";
    }

    private static Answer success() {
        return Answer.json(200, KubeJson.status(200, "", ""));
    }

    private static Refusal notAllowed() {
        return new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }

    private static Refusal missing(String what, String name) {
        return new Refusal(404, "NotFound", what + " \"" + name + "\" not found");
    }

    private static Refusal exists(Kind kind, ObjectName name) {
        return new Refusal(
                409, "AlreadyExists", plural(kind) + ".jumpstarter.dev \"" + name.name() + "\" already exists");
    }

    private static Answer failure(Throwable cause) {
        if (cause instanceof Refusal refusal) {
            return refusal.answer();
        }
        if (cause instanceof StatusException e) {
            String text = e.status().text();
            return switch (e.status().code()) {
                case ALREADY_EXISTS -> new Refusal(409, "AlreadyExists", text).answer();
                case NOT_FOUND -> new Refusal(404, "NotFound", text).answer();
                case INVALID_ARGUMENT -> new Refusal(422, "Invalid", text).answer();
                case FAILED_PRECONDITION -> new Refusal(409, "Conflict", text).answer();
                default -> new Refusal(500, "InternalError", text).answer();
            };
        }
        if (cause instanceof RecordStore.StoreUnavailableException) {
            return new Refusal(503, "ServiceUnavailable", String.valueOf(cause.getMessage())).answer();
        }
        log.error("an administrator's request failed", cause);
        return new Refusal(500, "InternalError", "internal error").answer();
    }

    /** An answer that is not what was asked for; it tells of the request, not of a place here. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int code;
        private final String reason;

        Refusal(int code, String reason, String message) {
            super(message, null, false, false);
            this.code = code;
            this.reason = reason;
        }

        Answer answer() {
            return Answer.json(code, KubeJson.status(code, reason, String.valueOf(getMessage())));
        }
    }
}
