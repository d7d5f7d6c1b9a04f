package dev.rigbus.lab.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.model.ObjectName;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes and checks the tokens that let two peers meet at the router. Safe to use from any thread. */
public final class RouterTokens {
    private static final String ISSUER = "https://jumpstarter.dev/stream";
    private static final String AUDIENCE = "https://jumpstarter.dev/router";
    private static final Duration LIFE = Duration.ofMinutes(30);
    /** Between the nodes that make and check one; that of its end is exact. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(5);
    /** The one claim of our own, with all that we add. */
    private static final String OURS = "rigbus";

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.HS256, JWSAlgorithm.HS384, JWSAlgorithm.HS512);

    private final TokenKeys keys;
    private final Cluster cluster;

    /**
     * What a stream is for.
     *
     * @param node where the exporter is reached
     */
    public record Purpose(ObjectName exporter, ObjectName lease, long fence, String node) {}

    /**
     * A token that was checked.
     *
     * @param stream the name that the two peers have in common
     * @param id of the token; absent in tokens that others made with the lab's key
     * @param expires when it lets nobody in any more: after half an hour, or with the lease if that ends earlier
     * @param purpose as of {@code id}
     */
    public record Ticket(
            String stream,
            @Nullable String id,
            Instant expires,
            @Nullable Purpose purpose) {}

    public RouterTokens(TokenKeys keys, Cluster cluster) {
        this.keys = keys;
        this.cluster = cluster;
    }

    /**
     * A token for one new stream, to be given to both peers.
     *
     * @param leaseEnds absent if that is not known
     */
    public String issue(Purpose purpose, @Nullable Instant leaseEnds) {
        Instant now = now();
        Instant expires = now.plus(LIFE);
        if (leaseEnds != null && leaseEnds.isBefore(expires)) {
            expires = leaseEnds;
        }
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(List.of(AUDIENCE))
                .subject(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(expires))
                .jwtID(UUID.randomUUID().toString())
                .claim(OURS, write(purpose))
                .build();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .type(JOSEObjectType.JWT)
                        .build(),
                claims);
        try {
            jwt.sign(new MACSigner(keys.router()));
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a router token", e);
        }
        return jwt.serialize();
    }

    /** The ticket that a call to the router shows; else fails with the status that the call is to end with. */
    public Ticket verify(ServerCall call) {
        return verify(call.metadataAll("authorization"));
    }

    Ticket verify(List<String> authorization) {
        String token;
        try {
            token = Bearer.token(authorization);
        } catch (StatusException e) {
            String code = e.status().code() == Code.UNAUTHENTICATED ? "Unauthenticated" : "InvalidArgument";
            throw new StatusException(
                    Code.UNAUTHENTICATED,
                    "missing or invalid authorization: rpc error: code = " + code + " desc = "
                            + e.status().text());
        }
        return verify(token);
    }

    /** Fails with the status that a call with this token is to end with. */
    public Ticket verify(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (ALGORITHMS.contains(jwt.getHeader().getAlgorithm()) && jwt.verify(new MACVerifier(keys.router()))) {
                return ticket(jwt.getJWTClaimsSet());
            }
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            // Whatever is wrong with it, the answer is the same.
        }
        throw invalid();
    }

    private Ticket ticket(JWTClaimsSet claims) throws ParseException {
        Instant now = now();
        Date expires = claims.getExpirationTime();
        if (!ISSUER.equals(claims.getIssuer())
                || !claims.getAudience().contains(AUDIENCE)
                || expires == null
                || !now.isBefore(expires.toInstant())
                || isAhead(claims.getNotBeforeTime(), now)
                || isAhead(claims.getIssueTime(), now)) {
            throw invalid();
        }
        Map<String, Object> ours = claims.getJSONObjectClaim(OURS);
        return new Ticket(
                Objects.requireNonNullElse(claims.getSubject(), ""),
                claims.getJWTID(),
                expires.toInstant(),
                ours == null ? null : read(ours));
    }

    private static boolean isAhead(@Nullable Date time, Instant now) {
        return time != null && time.toInstant().isAfter(now.plus(CLOCK_SKEW));
    }

    private static Map<String, Object> write(Purpose purpose) {
        Map<String, Object> claims = new HashMap<>();
        claims.put("exporter", purpose.exporter().key());
        claims.put("lease", purpose.lease().key());
        claims.put("fence", purpose.fence());
        claims.put("node", purpose.node());
        return claims;
    }

    private static Purpose read(Map<String, Object> claims) {
        if (claims.get("exporter") instanceof String exporter
                && claims.get("lease") instanceof String lease
                && claims.get("fence") instanceof Number fence
                && claims.get("node") instanceof String node) {
            return new Purpose(ObjectName.ofKey(exporter), ObjectName.ofKey(lease), fence.longValue(), node);
        }
        throw invalid();
    }

    private static StatusException invalid() {
        return new StatusException(Code.UNAUTHENTICATED, "invalid jwt token");
    }

    private Instant now() {
        return Instant.ofEpochMilli(cluster.time());
    }
}
