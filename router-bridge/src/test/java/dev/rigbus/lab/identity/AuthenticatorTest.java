package dev.rigbus.lab.identity;

import static dev.rigbus.lab.identity.TokenLab.call;
import static dev.rigbus.lab.identity.TokenLab.refusal;
import static dev.rigbus.lab.identity.TokenLab.result;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AuthenticatorTest {
    private final TokenLab lab = new TokenLab();
    private final Authenticator authenticator = lab.authenticator();
    private final Client ann = lab.client("ann");
    private final String token = lab.token(ann);

    @Test
    void aClientIsWhoItsTokenSays() {
        assertThat(result(authenticator.client(call(token, "Client", "ann")))).isEqualTo(ann);
    }

    @Test
    void anExporterIsWhoItsTokenSays() {
        Exporter rack = lab.exporter("rack");
        assertThat(result(authenticator.exporter(call(lab.token(rack), "Exporter", "rack"))))
                .isEqualTo(rack);
    }

    @Test
    void aCallWithoutATokenIsUnauthenticated() {
        assertThat(refusal(authenticator.client(authorized())))
                .isEqualTo("UNAUTHENTICATED: missing authorization header");
    }

    @Test
    void twoTokensAreOneTooMany() {
        assertThat(refusal(authenticator.client(authorized("Bearer " + token, "Bearer " + token))))
                .isEqualTo("INVALID_ARGUMENT: multiple authorization headers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YTpi", "Bearer", "Bearer ", "", "Bearers x"})
    void whatIsNoBearerIsMalformed(String header) {
        assertThat(refusal(authenticator.client(authorized(header))))
                .isEqualTo("INVALID_ARGUMENT: malformed authorization header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer ", "BEARER ", "Bearer "})
    void theSchemeMayBeInAnyCase(String scheme) {
        assertThat(result(authenticator.client(authorized(scheme + token)))).isEqualTo(ann);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2xhYi5leGFtcGxlOjgwODIifQ."})
    void whatIsNoTokenIsNotAuthenticated(String text) {
        assertThat(refusal(authenticator.client(authorized("Bearer " + text))))
                .isEqualTo("UNKNOWN: failed to authenticate token");
    }

    @Test
    void aTokenOfAStrangerIsNotAuthenticated() {
        TokenIssuer stranger = new TokenIssuer(
                TokenKeys.generate(), "https://other.example", Duration.ofDays(1), lab.records, lab.cluster);
        assertThat(refusal(authenticator.client(call(stranger.token(ann).token(), "Client", "ann"))))
                .isEqualTo("UNKNOWN: failed to authenticate token");
    }

    @Test
    void aTokenThatOnlyClaimsToBeOursHasAWrongSignature() {
        TokenIssuer forger =
                new TokenIssuer(TokenKeys.generate(), TokenLab.ISSUER, Duration.ofDays(1), lab.records, lab.cluster);
        assertThat(refusal(authenticator.client(call(forger.token(ann).token(), "Client", "ann"))))
                .isEqualTo("UNKNOWN: oidc: verify token: oidc: failed to verify signature");
    }

    @Test
    void aTokenThatAnotherNodeOfTheLabMadeIsOurs() {
        TokenIssuer other =
                new TokenIssuer(lab.keys, "https://two.example:8082", Duration.ofDays(1), lab.records, lab.cluster);
        assertThat(result(authenticator.client(call(other.token(ann).token(), "Client", "ann"))))
                .isEqualTo(ann);
    }

    @Test
    void anOldTokenIsExpiredInTheWordsThatMakeClientsLogIn() {
        result(authenticator.client(call(token, "Client", "ann")));
        lab.cluster.advance(TokenIssuer.DEFAULT_LIFE);
        assertThat(refusal(authenticator.client(call(token, "Client", "ann"))))
                .isEqualTo("UNKNOWN: oidc: verify token: oidc: token is expired"
                        + " (Token Expiry: 2031-01-01 00:00:00 +0000 UTC)");
    }

    @Test
    void namespaceAndKindAreThereOnce() {
        List<String> one = List.of("x");
        List<String> two = List.of("x", "x");
        assertThat(refusal(authenticator.client(metadata(List.of("Client"), List.of(), one))))
                .isEqualTo("INVALID_ARGUMENT: missing metadata: jumpstarter-namespace");
        assertThat(refusal(authenticator.client(metadata(List.of("Client"), two, one))))
                .isEqualTo("INVALID_ARGUMENT: multiple metadata: jumpstarter-namespace");
        assertThat(refusal(authenticator.client(metadata(List.of(), one, one))))
                .isEqualTo("INVALID_ARGUMENT: missing metadata: jumpstarter-kind");
        assertThat(refusal(authenticator.client(metadata(two, one, one))))
                .isEqualTo("INVALID_ARGUMENT: multiple metadata: jumpstarter-kind");
    }

    @Test
    void anInternalTokenNeedsTheNameItActsUnder() {
        String expected = "INVALID_ARGUMENT: resource name required for pre-existing authentication";
        List<String> kind = List.of("Client");
        List<String> namespace = List.of("default");
        assertThat(refusal(authenticator.client(metadata(kind, namespace, List.of()))))
                .isEqualTo(expected);
        assertThat(refusal(authenticator.client(metadata(kind, namespace, List.of("")))))
                .isEqualTo(expected);
        assertThat(refusal(authenticator.client(metadata(kind, namespace, List.of("ann", "ann")))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Exporter", "client", "Robot"})
    void aKindThatDoesNotFitIsAMismatch(String kind) {
        assertThat(refusal(authenticator.client(call(token, kind, "ann"))))
                .isEqualTo("INVALID_ARGUMENT: object kind mismatch");
    }

    @Test
    void aClientCannotCallAsAnExporter() {
        assertThat(refusal(authenticator.exporter(call(token, "Client", "ann"))))
                .isEqualTo("INVALID_ARGUMENT: object kind mismatch");
        lab.exporter("ann");
        assertThat(refusal(authenticator.exporter(call(token, "Exporter", "ann"))))
                .isEqualTo("PERMISSION_DENIED: permission denied for exporter default/ann");
    }

    @Test
    void whoIsNotThereIsNotFound() {
        assertThat(refusal(authenticator.client(call(token, "Client", "bob"))))
                .isEqualTo("UNKNOWN: client default/bob: clients.jumpstarter.dev \"bob\" not found");
        assertThat(refusal(authenticator.exporter(call(token, "Exporter", "bob"))))
                .isEqualTo("UNKNOWN: exporter default/bob: exporters.jumpstarter.dev \"bob\" not found");
    }

    @Test
    void nobodyActsAsAnother() {
        lab.client("bob");
        assertThat(refusal(authenticator.client(call(token, "Client", "bob"))))
                .isEqualTo("PERMISSION_DENIED: permission denied for client default/bob");
    }

    @Test
    void anInternalTokenProvisionsNobody() {
        Authenticator provisioning = lab.authenticator(java.util.Set.of("default"), List.of());
        assertThat(refusal(provisioning.client(call(token, "Client", "bob")))).endsWith("not found");
    }

    @Test
    void whoIsMadeAnewDoesNotInheritTheToken() {
        long version = lab.records.get(Client.KIND, "default/ann").version();
        result(lab.records.write(Client.KIND, "default/ann", version, null));
        lab.client("ann");
        assertThat(refusal(authenticator.client(call(token, "Client", "ann"))))
                .isEqualTo("PERMISSION_DENIED: permission denied for client default/ann");
    }

    @Test
    void anAdminIsWhoTheTokenSaysAndNobodyElseIs() {
        String admin = result(lab.issuer.createAdmin("root")).token();
        assertThat(result(authenticator.admin(List.of("Bearer " + admin), "/192.0.2.7:1"))
                        .name())
                .isEqualTo("root");
        assertThat(refusal(authenticator.admin(List.of("Bearer " + token), "/192.0.2.7:1")))
                .startsWith("PERMISSION_DENIED");
        assertThat(refusal(authenticator.client(call(admin, "Client", "ann"))))
                .isEqualTo("PERMISSION_DENIED: permission denied for client default/ann");
    }

    @Test
    void aFailureIsLoggedOnceWithThePeerAndWithoutTheToken() {
        Logger logger = (Logger) LoggerFactory.getLogger(Authenticator.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            refusal(authenticator.client(call(token + "x", "Client", "ann")));
            refusal(authenticator.exporter(call(token, "Exporter", "rack")));
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("client authentication failed", "exporter authentication failed");
        assertThat(lines.list).allSatisfy(line -> {
            assertThat(line.getKeyValuePairs().toString()).contains("peer=\"192.0.2.7\"");
            assertThat(line.getKeyValuePairs() + line.getFormattedMessage()).doesNotContain(token);
        });
    }

    @Test
    void successAndFailureAreCounted() {
        result(authenticator.client(call(token, "Client", "ann")));
        refusal(authenticator.client(authorized()));
        assertThat(lab.meters
                        .counter("rigbus.auth", "kind", "client", "status", "OK")
                        .count())
                .isEqualTo(1);
        assertThat(lab.meters
                        .counter("rigbus.auth", "kind", "client", "status", "UNAUTHENTICATED")
                        .count())
                .isEqualTo(1);
    }

    private static CallCredentials authorized(String... headers) {
        return new CallCredentials(
                List.of(headers), List.of("Client"), List.of("default"), List.of("ann"), "192.0.2.7");
    }

    private CallCredentials metadata(List<String> kinds, List<String> namespaces, List<String> names) {
        return new CallCredentials(List.of("Bearer " + token), kinds, namespaces, names, "192.0.2.7");
    }
}
