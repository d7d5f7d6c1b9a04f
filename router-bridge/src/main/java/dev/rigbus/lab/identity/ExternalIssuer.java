package dev.rigbus.lab.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Future;
import java.time.Instant;

/** Another party whose tokens the lab takes. */
interface ExternalIssuer {
    /** Who it is, as in its tokens' {@code iss}. */
    String url();

    /** Fails with the status that a call with this token is to end with; may complete on any thread. */
    Future<Verified> verify(SignedJWT jwt, JWTClaimsSet claims, Instant now);
}
