package dev.rigbus.lab.router;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.identity.RouterTokens;
import dev.rigbus.lab.identity.RouterTokens.Ticket;
import dev.rigbus.lab.identity.TokenKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Router tokens as a stock controller makes them, and bent ones. */
final class Tokens {
    static final byte[] KEY = "0123456789abcdef0123456789abcdef".repeat(2).getBytes(StandardCharsets.UTF_8);

    private Tokens() {}

    static Function<ServerCall, Ticket> check(byte[] key) {
        return new RouterTokens(TokenKeys.generate().withRouter(key), new Alone())::verify;
    }

    /** A lab of one node, whose time is the system's. */
    private static final class Alone implements Cluster {
        @Override
        public String self() {
            return "alone";
        }

        @Override
        public Set<String> members() {
            return Set.of("alone");
        }

        @Override
        public String oldest() {
            return "alone";
        }

        @Override
        public boolean hasMajority() {
            return true;
        }

        @Override
        public long time() {
            return System.currentTimeMillis();
        }

        @Override
        public RecordStore.Registration watch(Consumer<Set<String>> listener) {
            return () -> {};
        }
    }

    static String good(String stream) {
        return make(KEY, JWSAlgorithm.HS256, claims -> claims.subject(stream));
    }

    /** One of this lab, for a stream of a lease. */
    static String forLease(String lease, long fence) {
        return make(
                KEY,
                JWSAlgorithm.HS256,
                claims -> claims.subject(UUID.randomUUID().toString())
                        .claim(
                                "rigbus",
                                Map.of(
                                        "exporter",
                                        "default/rack1",
                                        "lease",
                                        "default/" + lease,
                                        "fence",
                                        fence,
                                        "node",
                                        "n")));
    }

    static String make(byte[] key, JWSAlgorithm algorithm, UnaryOperator<JWTClaimsSet.Builder> change) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("https://jumpstarter.dev/stream")
                .audience("https://jumpstarter.dev/router")
                .subject("some stream")
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(30))))
                .jwtID(UUID.randomUUID().toString());
        try {
            SignedJWT jwt =
                    new SignedJWT(new JWSHeader(algorithm), change.apply(claims).build());
            jwt.sign(new MACSigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
