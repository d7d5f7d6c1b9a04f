package dev.rigbus.lab.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.driver.Problem;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who makes a call, or with which status it is to be refused. Refusals are logged here, once, without the token. Safe to use from any
 * thread.
 */
public final class Authenticator {
    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    private final TokenIssuer issuer;
    private final Map<String, ExternalIssuer> others;
    private final Set<String> provisioned;
    private final RecordStore records;
    private final MeterRegistry meters;
    private final VerifiedTokens checked = new VerifiedTokens();

    /**
     * @param others whose tokens are taken beside the lab's own; a {@link SettingsException} tells if two of them clash
     * @param provisioned namespaces in which a user of another issuer becomes a client with the first call; none by default
     */
    public Authenticator(
            TokenIssuer issuer,
            List<? extends OidcIssuer> others,
            Set<String> provisioned,
            RecordStore records,
            MeterRegistry meters) {
        this(issuer, provisioned, records, meters, others);
        List<Problem> clashes = OidcConfig.clashes(
                "authentication.jwt", others.stream().map(OidcIssuer::config).toList());
        if (!clashes.isEmpty()) {
            throw new SettingsException(clashes);
        }
    }

    Authenticator(
            TokenIssuer issuer,
            Set<String> provisioned,
            RecordStore records,
            MeterRegistry meters,
            List<? extends ExternalIssuer> others) {
        this.issuer = issuer;
        this.others = others.stream().collect(Collectors.toMap(ExternalIssuer::url, Function.identity(), (a, b) -> a));
        this.provisioned = Set.copyOf(provisioned);
        this.records = records;
        this.meters = meters;
    }

    /**
     * The client that makes a call; completes on the call's event loop. A call that a client or an exporter may make goes to {@link
     * #exporter} if its {@code jumpstarter-kind} is Exporter, and here otherwise.
     */
    public Future<Client> client(ServerCall call) {
        return onLoop(call, client(CallCredentials.of(call)));
    }

    /** The exporter that makes a call; completes on the call's event loop. */
    public Future<Exporter> exporter(ServerCall call) {
        return onLoop(call, exporter(CallCredentials.of(call)));
    }

    /** The administrator that makes a call; completes on the call's event loop. */
    public Future<Admin> admin(ServerCall call) {
        return onLoop(call, admin(call.metadataAll("authorization"), call.peer()));
    }

    /**
     * The administrator that shows a token.
     *
     * @param authorization as often as it was sent
     * @param peer for the log
     */
    public Future<Admin> admin(List<String> authorization, String peer) {
        return told(
                Admin.KIND,
                CallCredentials.address(peer),
                Future.succeededFuture(authorization)
                        .map(Bearer::token)
                        .compose(this::verified)
                        .map(this::admin));
    }

    Future<Client> client(CallCredentials call) {
        return told(Client.KIND, call.peer(), authenticate(IdentityKind.CLIENT, "Client", call));
    }

    Future<Exporter> exporter(CallCredentials call) {
        return told(Exporter.KIND, call.peer(), authenticate(IdentityKind.EXPORTER, "Exporter", call));
    }

    /** What checks a signature may need another thread; what follows is the call's own. */
    private static <T> Future<T> onLoop(ServerCall call, Future<T> result) {
        if (call.eventLoop().inEventLoop() && result.isComplete()) {
            return result;
        }
        Promise<T> told = Promise.promise();
        result.onComplete(done -> call.eventLoop().execute(() -> told.handle(done)));
        return told.future();
    }

    private <T> Future<T> told(String kind, String peer, Future<T> result) {
        return result.onComplete(done -> {
            Status status = done.cause() instanceof StatusException e
                    ? e.status()
                    : new Status(done.succeeded() ? Code.OK : Code.UNKNOWN, String.valueOf(done.cause()));
            meters.counter("rigbus.auth", "kind", kind, "status", status.code().name())
                    .increment();
            if (!status.isOk()) {
                log.atWarn()
                        .addKeyValue("peer", peer)
                        .addKeyValue("reason", status)
                        .log("{} authentication failed", kind);
            }
        });
    }

    private <T> Future<T> authenticate(IdentityKind<T> kind, String kindName, CallCredentials call) {
        return Future.succeededFuture(call.authorization())
                .map(Bearer::token)
                .compose(this::verified)
                .compose(who -> {
                    String namespace = call.namespace();
                    String given = call.kind();
                    String name = who.choosesName() ? chosen(call.name()) : derived(kind, namespace, who, call.name());
                    if (!kindName.equals(given)) {
                        throw new StatusException(Code.INVALID_ARGUMENT, "object kind mismatch");
                    }
                    return identity(kind, new ObjectName(namespace, name), who);
                });
    }

    private Future<Verified> verified(String token) {
        Instant now = issuer.now();
        Verified known = checked.get(token, now);
        if (known != null) {
            JwtRules.requireAlive(known.expires(), now);
            return Future.succeededFuture(known);
        }
        return verify(token, now).map(verified -> {
            checked.put(token, verified, now);
            return verified;
        });
    }

    private Future<Verified> verify(String token, Instant now) {
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException e) {
            throw new StatusException(Code.UNKNOWN, TokenIssuer.NOT_AUTHENTICATED);
        }
        String name = claims.getIssuer();
        ExternalIssuer other = name == null ? null : others.get(name);
        return other == null ? Future.succeededFuture(issuer.verify(jwt, claims)) : other.verify(jwt, claims, now);
    }

    private static String chosen(@Nullable String name) {
        if (name == null) {
            throw new StatusException(Code.INVALID_ARGUMENT, "resource name required for pre-existing authentication");
        }
        return name;
    }

    private String derived(IdentityKind<?> kind, String namespace, Verified who, @Nullable String name) {
        String derived = derived(kind, namespace, who.username());
        if (name != null && !name.equals(derived) || derived.isEmpty()) {
            throw new StatusException(
                    Code.INVALID_ARGUMENT,
                    "resource name mismatch: provided " + Quote.of(name == null ? "" : name) + " but expected "
                            + Quote.of(derived) + " (derived from OIDC username " + Quote.of(who.username()) + ")");
        }
        return derived;
    }

    /** The user's name, or where a user of another provider has that already, the provider's with it: they are two. */
    private String derived(IdentityKind<?> kind, String namespace, String username) {
        String usual = Derived.name(username);
        String full = Derived.fullName(username);
        String owner = owner(kind, new ObjectName(namespace, usual));
        boolean taken = owner != null && !Derived.prefix(owner).equals(Derived.prefix(username));
        return taken || username.equals(owner(kind, new ObjectName(namespace, full))) ? full : usual;
    }

    /** The user of another issuer that goes by that name. */
    private <T> @Nullable String owner(IdentityKind<T> kind, ObjectName name) {
        T found = kind.read(records.get(kind.name(), name.key()));
        return found == null ? null : kind.username().apply(found);
    }

    private <T> Future<T> identity(IdentityKind<T> kind, ObjectName name, Verified who) {
        T found = kind.read(records.get(kind.name(), name.key()));
        if (found != null) {
            return Future.succeededFuture(admitted(kind, name, found, who));
        }
        boolean becomesClient =
                kind.type() == Client.class && !who.choosesName() && provisioned.contains(name.namespace());
        if (!becomesClient) {
            String text = kind.name() + " " + printable(name.key()) + ": " + kind.plural() + ".jumpstarter.dev "
                    + Quote.of(name.name()) + " not found";
            return Future.failedFuture(new StatusException(Code.UNKNOWN, text));
        }
        return provision(name, who).compose(done -> identity(kind, name, who));
    }

    private static <T> T admitted(IdentityKind<T> kind, ObjectName name, T found, Verified who) {
        String own = TokenIssuer.PREFIX + kind.subject(found);
        boolean may = who.isInternal()
                ? own.equals(who.username())
                : who.username().equals(kind.username().apply(found));
        if (!may) {
            throw new StatusException(
                    Code.PERMISSION_DENIED, "permission denied for " + kind.name() + " " + printable(name.key()));
        }
        if (who.isInternal() && !Objects.equals(who.tokenId(), kind.tokenId().apply(found))) {
            throw TokenIssuer.replaced();
        }
        return found;
    }

    /** Somebody else may be first; then that record is the one that counts. */
    private Future<Void> provision(ObjectName name, Verified who) {
        Client client = new Client(name, UUID.randomUUID().toString(), Map.of(), who.username(), null, issuer.now());
        return records.write(Client.KIND, name.key(), 0, Records.write(client))
                .onSuccess(
                        written -> log.atInfo().addKeyValue("client", name).log("became a client with the first call"))
                .<Void>mapEmpty()
                .recover(cause -> cause instanceof RecordStore.ConflictException
                        ? Future.succeededFuture()
                        : Future.failedFuture(new StatusException(Code.UNKNOWN, cause.getMessage())));
    }

    private Admin admin(Verified who) {
        String[] subject = who.username().split(":", 4);
        Admin found = subject.length == 4 && subject[1].equals(Admin.KIND)
                ? IdentityKind.ADMIN.read(records.get(Admin.KIND, subject[2]))
                : null;
        if (found == null) {
            throw new StatusException(Code.PERMISSION_DENIED, "permission denied: this takes the token of an admin");
        }
        return admitted(IdentityKind.ADMIN, new ObjectName("", found.name()), found, who);
    }

    private static String printable(String text) {
        String quoted = Quote.of(text);
        return quoted.substring(1, quoted.length() - 1);
    }
}
