package dev.rigbus.lab.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;

/** What is checked of every token of an identity beside its signature, with the words that stock clients know. */
final class JwtRules {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss Z 'UTC'").withZone(ZoneOffset.UTC);

    private JwtRules() {}

    static StatusException refused(String why) {
        return new StatusException(Code.UNKNOWN, "oidc: verify token: oidc: " + why);
    }

    static void requireAudience(JWTClaimsSet claims, List<String> expected) {
        if (Collections.disjoint(claims.getAudience(), expected)) {
            String got = claims.getAudience().stream().map(Quote::of).collect(Collectors.joining(" ", "[", "]"));
            throw refused("expected audience " + Quote.of(expected.get(0)) + " got " + got);
        }
    }

    /** The end of the token's life, which lies ahead. */
    static Instant requireExpiry(JWTClaimsSet claims, Instant now) {
        Date expiry = claims.getExpirationTime();
        if (expiry == null) {
            throw refused("the token has no exp claim");
        }
        requireAlive(expiry.toInstant(), now);
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && notBefore.toInstant().isAfter(now.plus(CLOCK_SKEW))) {
            throw refused("current time " + TIME.format(now) + " before the nbf (not before) time: "
                    + TIME.format(notBefore.toInstant()));
        }
        return expiry.toInstant();
    }

    /** Stock clients log in again when they read this text, and at no other that has its last word. */
    static void requireAlive(Instant expires, Instant now) {
        if (!now.isBefore(expires)) {
            throw refused("token is expired (Token Expiry: " + TIME.format(expires) + ")");
        }
    }
}
