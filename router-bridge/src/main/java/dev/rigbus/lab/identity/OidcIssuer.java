package dev.rigbus.lab.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Checks the tokens of an OpenID Connect provider. Safe to use from any thread. */
public final class OidcIssuer implements ExternalIssuer {
    /** Signatures that need the issuer's own key; one that is shared with us would let us, or a thief of it here, make tokens. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private final OidcConfig config;
    private final OidcKeys keys;

    public OidcIssuer(Vertx vertx, OidcConfig config) {
        this.config = config;
        this.keys = new OidcKeys(vertx, config);
    }

    /** Fetches the keys ahead of the first token; when that fails, they are fetched with it. */
    public Future<Void> start(Instant now) {
        return keys.fetch(now).<Void>mapEmpty().otherwiseEmpty();
    }

    public OidcConfig config() {
        return config;
    }

    @Override
    public String url() {
        return config.url().toString();
    }

    @Override
    public Future<Verified> verify(SignedJWT jwt, JWTClaimsSet claims, Instant now) {
        JWSHeader header = jwt.getHeader();
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            throw JwtRules.refused("unexpected signature algorithm "
                    + Quote.of(header.getAlgorithm().getName()));
        }
        return candidates(header, now).map(candidates -> {
            if (candidates.stream().noneMatch(key -> fits(jwt, key))) {
                throw JwtRules.refused("failed to verify signature");
            }
            return verified(claims, now);
        });
    }

    private Future<List<JWK>> candidates(JWSHeader header, Instant now) {
        return keys.current(now).compose(set -> {
            List<JWK> known = select(set, header);
            // A key that is not known may be new.
            return known.isEmpty()
                    ? keys.newer(now).map(newer -> select(newer, header))
                    : Future.succeededFuture(known);
        });
    }

    private static List<JWK> select(JWKSet set, JWSHeader header) {
        return new JWKSelector(JWKMatcher.forJWSHeader(header)).select(set);
    }

    private static boolean fits(SignedJWT jwt, JWK key) {
        try {
            return key instanceof AsymmetricJWK pair
                    && jwt.verify(
                            new DefaultJWSVerifierFactory().createJWSVerifier(jwt.getHeader(), pair.toPublicKey()));
        } catch (JOSEException e) {
            return false;
        }
    }

    private Verified verified(JWTClaimsSet claims, Instant now) {
        JwtRules.requireAudience(claims, config.audiences());
        Instant expires = JwtRules.requireExpiry(claims, now);
        config.required().forEach((claim, value) -> {
            if (!value.equals(claims.getClaim(claim))) {
                throw JwtRules.refused("claim " + Quote.of(claim) + " is not what the lab requires");
            }
        });
        if (!(claims.getClaim(config.claim()) instanceof String name) || name.isEmpty()) {
            throw new StatusException(
                    Code.UNKNOWN, "oidc: parse username claims " + Quote.of(config.claim()) + ": claim not present");
        }
        if (config.claim().equals("email") && Boolean.FALSE.equals(claims.getClaim("email_verified"))) {
            throw new StatusException(Code.UNKNOWN, "oidc: email not verified");
        }
        return new Verified(config.prefix() + name, null, expires);
    }
}
