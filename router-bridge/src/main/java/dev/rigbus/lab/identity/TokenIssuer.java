package dev.rigbus.lab.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Records;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks the lab's own tokens. An identity has one token at a time, that whose id stands in its record: a new one ends the old
 * one, and no token is kept anywhere, since it can be made again from its id. Safe to use from any thread.
 */
public final class TokenIssuer {
    public static final Duration DEFAULT_LIFE = Duration.ofDays(365);
    /** Of user names made from subjects; no other issuer may have it. */
    static final String PREFIX = "internal:";

    static final String NOT_AUTHENTICATED = "failed to authenticate token";
    private static final String AUDIENCE = "jumpstarter";
    private static final int ATTEMPTS = 5;

    private final TokenKeys keys;
    private final String issuer;
    private final Duration life;
    private final RecordStore records;
    private final Cluster cluster;
    private final JWSSigner signer;
    private final JWSVerifier verifier;

    /** A token and the end of its life. */
    public record Issued(String token, Instant expires) {
        @Override
        public String toString() {
            return "Issued(***, " + expires + ")";
        }
    }

    /**
     * @param issuer what tokens name as {@code iss}: the URL at which the discovery document is served
     * @param life of a token from when it is made
     */
    public TokenIssuer(TokenKeys keys, String issuer, Duration life, RecordStore records, Cluster cluster) {
        this.keys = keys;
        this.issuer = issuer;
        this.life = life;
        this.records = records;
        this.cluster = cluster;
        try {
            this.signer = new ECDSASigner(keys.signing());
            this.verifier = new ECDSAVerifier(keys.signing().toECPublicKey());
        } catch (JOSEException e) {
            throw new IllegalStateException("this Java runtime signs no ES256", e);
        }
    }

    public String issuer() {
        return issuer;
    }

    /** A new id, to be put into a record that is about to be written; {@link #token} then makes the token. */
    public String newTokenId() {
        return TokenId.create(cluster.time());
    }

    /** The one valid token of a client; absent if it has none. */
    public @Nullable Issued token(Client client) {
        return token(IdentityKind.CLIENT, client);
    }

    /** As of a client. */
    public @Nullable Issued token(Exporter exporter) {
        return token(IdentityKind.EXPORTER, exporter);
    }

    /** As of a client. */
    public @Nullable Issued token(Admin admin) {
        return token(IdentityKind.ADMIN, admin);
    }

    /**
     * Gives a client a new token in the place of the one it has. Fails if that is not the one it had in the given copy any more: whoever
     * called with a token that was replaced or revoked meanwhile must not get another.
     */
    public Future<Issued> rotate(Client seen) {
        return rotate(IdentityKind.CLIENT, seen);
    }

    /** As of a client. */
    public Future<Issued> rotate(Exporter seen) {
        return rotate(IdentityKind.EXPORTER, seen);
    }

    /** As of a client. */
    public Future<Issued> rotate(Admin seen) {
        return rotate(IdentityKind.ADMIN, seen);
    }

    /** Leaves a client without a token. */
    public Future<Void> revoke(Client seen) {
        return replace(IdentityKind.CLIENT, seen, null).mapEmpty();
    }

    /** As of a client. */
    public Future<Void> revoke(Exporter seen) {
        return replace(IdentityKind.EXPORTER, seen, null).mapEmpty();
    }

    /** As of a client. */
    public Future<Void> revoke(Admin seen) {
        return replace(IdentityKind.ADMIN, seen, null).mapEmpty();
    }

    /** Makes an administrator; fails with a {@link RecordStore.ConflictException} if there is one by that name. */
    public Future<Issued> createAdmin(String name) {
        long now = cluster.time();
        Admin admin = new Admin(name, UUID.randomUUID().toString(), TokenId.create(now), Instant.ofEpochMilli(now));
        return records.write(Admin.KIND, name, 0, Records.write(admin))
                .map(written -> Objects.requireNonNull(token(admin)));
    }

    private <T> @Nullable Issued token(IdentityKind<T> kind, T identity) {
        String id = kind.tokenId().apply(identity);
        return id == null ? null : sign(kind.subject(identity), id);
    }

    private <T> Future<Issued> rotate(IdentityKind<T> kind, T seen) {
        return replace(kind, seen, newTokenId()).map(written -> Objects.requireNonNull(token(kind, written)));
    }

    private <T> Future<T> replace(IdentityKind<T> kind, T seen, @Nullable String id) {
        return replace(kind, seen, id, ATTEMPTS);
    }

    private <T> Future<T> replace(IdentityKind<T> kind, T seen, @Nullable String id, int attempts) {
        StoredRecord stored = records.get(kind.name(), kind.key().apply(seen));
        T now = kind.read(stored);
        if (stored == null || now == null || !sameToken(kind, now, seen)) {
            return Future.failedFuture(replaced());
        }
        T next = kind.withTokenId().apply(now, id);
        return records.write(kind.name(), stored.key(), stored.version(), Records.write(next))
                .map(next)
                .recover(cause -> cause instanceof RecordStore.ConflictException && attempts > 1
                        ? replace(kind, seen, id, attempts - 1)
                        : Future.failedFuture(cause));
    }

    private static <T> boolean sameToken(IdentityKind<T> kind, T a, T b) {
        return kind.uid().apply(a).equals(kind.uid().apply(b))
                && Objects.equals(kind.tokenId().apply(a), kind.tokenId().apply(b));
    }

    static StatusException replaced() {
        return new StatusException(Code.UNKNOWN, NOT_AUTHENTICATED + ": it was replaced by a newer one or revoked");
    }

    private Issued sign(String subject, String id) {
        Instant made = TokenId.made(id);
        Instant expires = Instant.ofEpochSecond(made.plus(life).getEpochSecond());
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(List.of(AUDIENCE))
                .subject(subject)
                .issueTime(Date.from(made))
                .expirationTime(Date.from(expires))
                .jwtID(id)
                .build();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims);
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a token", e);
        }
        return new Issued(jwt.serialize(), expires);
    }

    /**
     * Checks a token that names no other issuer. It is the signature that makes it the lab's own: nodes that are reached by other names,
     * or had other names once, sign under those.
     */
    Verified verify(SignedJWT jwt, JWTClaimsSet claims) {
        boolean ours = issuer.equals(claims.getIssuer());
        if (!JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm())) {
            throw refused(ours, "unexpected signature algorithm");
        }
        try {
            if (!jwt.verify(verifier)) {
                throw refused(ours, "failed to verify signature");
            }
        } catch (JOSEException e) {
            throw refused(ours, "failed to verify signature");
        }
        JwtRules.requireAudience(claims, List.of(AUDIENCE));
        Instant expires = JwtRules.requireExpiry(claims, now());
        String subject = claims.getSubject();
        String id = claims.getJWTID();
        if (subject == null || id == null) {
            throw JwtRules.refused("a token of the lab has a subject and an id");
        }
        return new Verified(PREFIX + subject, id, expires);
    }

    private static StatusException refused(boolean ours, String why) {
        return ours ? JwtRules.refused(why) : new StatusException(Code.UNKNOWN, NOT_AUTHENTICATED);
    }

    Instant now() {
        return Instant.ofEpochMilli(cluster.time());
    }

    /** The public key, as a JSON Web Key Set. */
    public String jwks() {
        return new JWKSet(keys.signing().toPublicJWK()).toString();
    }

    /** The OpenID Connect discovery document. */
    public String discovery() {
        return JSONObjectUtils.toJSONString(Map.of(
                "issuer", issuer,
                "jwks_uri", issuer.replaceFirst("/$", "") + "/jwks",
                "response_types_supported", List.of("id_token"),
                "subject_types_supported", List.of("public"),
                "id_token_signing_alg_values_supported", List.of("ES256")));
    }
}
