package dev.rigbus.lab.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.lab.model.ObjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTokensTest {
    private static final String INVALID = "UNAUTHENTICATED: invalid jwt token";
    private static final RouterTokens.Purpose PURPOSE =
            new RouterTokens.Purpose(new ObjectName("default", "rack"), new ObjectName("default", "l1"), 7, "one");

    private final TokenLab lab = new TokenLab();
    private final TokenKeys keys =
            lab.keys.withRouter("0123456789abcdef".repeat(4).getBytes());
    private final RouterTokens tokens = new RouterTokens(keys, lab.cluster);

    @Test
    void aTicketSaysWhatItIsFor() {
        RouterTokens.Ticket ticket = tokens.verify(tokens.issue(PURPOSE, null));
        assertThat(ticket.purpose()).isEqualTo(PURPOSE);
        assertThat(ticket.expires()).isEqualTo(TokenLab.START.plus(Duration.ofMinutes(30)));
        RouterTokens.Ticket other = tokens.verify(tokens.issue(PURPOSE, null));
        assertThat(other.stream()).isNotEqualTo(ticket.stream());
        assertThat(other.id()).isNotEqualTo(ticket.id());
    }

    @Test
    void itLetsNobodyInAfterTheLease() {
        Instant end = TokenLab.START.plusSeconds(60);
        String token = tokens.issue(PURPOSE, end);
        assertThat(tokens.verify(token).expires()).isEqualTo(end);
        lab.cluster.advance(Duration.ofSeconds(60));
        refused(token);
    }

    @Test
    void itIsSignedAsStockRoutersExpect() throws Exception {
        SignedJWT jwt = SignedJWT.parse(tokens.issue(PURPOSE, null));
        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("https://jumpstarter.dev/stream");
        assertThat(claims.getAudience()).containsExactly("https://jumpstarter.dev/router");
        assertThat(claims.getNotBeforeTime()).isEqualTo(Date.from(TokenLab.START));
        assertThat(claims.getIssueTime()).isEqualTo(Date.from(TokenLab.START));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void tokensThatStockControllersMakeAreTaken(String algorithm) throws Exception {
        RouterTokens.Ticket ticket = tokens.verify(made(keys, algorithm, claims -> claims));
        assertThat(ticket.stream()).isEqualTo("some stream");
        assertThat(ticket.purpose()).isNull();
    }

    @Test
    void aRouterKeyOf32BytesDoesForAllAlgorithms() throws Exception {
        TokenKeys small = lab.keys.withRouter("0123456789abcdef".repeat(2).getBytes());
        String token = made(small, "HS256", claims -> claims);
        assertThat(new RouterTokens(small, lab.cluster).verify(token).stream()).isEqualTo("some stream");
    }

    @Test
    void aTokenThatIsBentIsRefused() throws Exception {
        refused("x");
        refused(lab.token(lab.client("ann")));
        refused(made(TokenKeys.generate(), "HS256", claims -> claims));
        refused(made(keys, "HS256", claims -> claims.issuer("https://other.example")));
        refused(made(keys, "HS256", claims -> claims.audience("jumpstarter")));
        refused(made(keys, "HS256", claims -> claims.expirationTime(null)));
        refused(made(keys, "HS256", claims -> claims.expirationTime(Date.from(TokenLab.START))));
        refused(made(keys, "HS256", claims -> claims.notBeforeTime(Date.from(TokenLab.START.plusSeconds(60)))));
        refused(made(keys, "HS256", claims -> claims.issueTime(Date.from(TokenLab.START.plusSeconds(60)))));
    }

    @Test
    void headersThatShowNoTokenAreRefused() {
        String missing = "UNAUTHENTICATED: missing or invalid authorization: rpc error: code = ";
        assertThatThrownBy(() -> tokens.verify(List.of()))
                .hasMessage(missing + "Unauthenticated desc = missing authorization header");
        assertThatThrownBy(() -> tokens.verify(List.of("Bearer a", "Bearer b")))
                .hasMessage(missing + "InvalidArgument desc = multiple authorization headers");
        assertThatThrownBy(() -> tokens.verify(List.of("Basic a")))
                .hasMessage(missing + "InvalidArgument desc = malformed authorization header");
    }

    private void refused(String token) {
        assertThatThrownBy(() -> tokens.verify(token)).hasMessage(INVALID);
    }

    private static String made(TokenKeys keys, String algorithm, UnaryOperator<JWTClaimsSet.Builder> change)
            throws Exception {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer("https://jumpstarter.dev/stream")
                .audience("https://jumpstarter.dev/router")
                .subject("some stream")
                .expirationTime(Date.from(TokenLab.START.plusSeconds(600)));
        SignedJWT jwt = new SignedJWT(
                new JWSHeader(JWSAlgorithm.parse(algorithm)),
                change.apply(claims).build());
        jwt.sign(new MACSigner(keys.router()));
        return jwt.serialize();
    }
}
