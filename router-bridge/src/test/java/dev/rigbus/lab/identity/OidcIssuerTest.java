package dev.rigbus.lab.identity;

import static dev.rigbus.lab.identity.TokenLab.call;
import static dev.rigbus.lab.identity.TokenLab.refusal;
import static dev.rigbus.lab.identity.TokenLab.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.SettingsException;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OidcIssuerTest {
    private static final ObjectName USER = new ObjectName("default", "some-user-example-com");

    private static final Vertx VERTX = Vertx.vertx();

    private final TokenLab lab = new TokenLab();
    private OidcProvider dex;

    /** The first connection of a JVM takes far longer than any other, which no test should pay for with its own deadline. */
    @BeforeAll
    static void connectOnce() throws Exception {
        OidcProvider first = new OidcProvider(VERTX);
        result(new OidcIssuer(VERTX, first.config("first:", Map.of())).start(TokenLab.START));
    }

    @BeforeEach
    void start() throws Exception {
        dex = new OidcProvider(VERTX);
    }

    @AfterAll
    static void stop() {
        result(VERTX.close());
    }

    @Test
    void aUserIsTheClientThatFollowsFromTheName() {
        Client user = lab.client(USER.name(), "dex:Some.User@Example.com");
        Authenticator authenticator = authenticator(dex);
        String token = dex.token("Some.User@Example.com");
        assertThat(result(authenticator.client(call(token, "Client", USER.name()))))
                .isEqualTo(user);
        assertThat(result(authenticator.client(call(token, "Client", "")))).isEqualTo(user);
        assertThat(result(authenticator.client(new CallCredentials(
                        List.of("Bearer " + token), List.of("Client"), List.of("default"), List.of(), ""))))
                .isEqualTo(user);
        assertThat(refusal(authenticator.client(call(token, "Client", "ann"))))
                .isEqualTo("INVALID_ARGUMENT: resource name mismatch: provided \"ann\" but expected"
                        + " \"some-user-example-com\" (derived from OIDC username \"dex:Some.User@Example.com\")");
    }

    @Test
    void whoIsNotNamedInTheClientIsDenied() {
        lab.client("bob", "dex:somebody");
        assertThat(refusal(authenticator(dex).client(call(dex.token("bob"), "Client", "bob"))))
                .isEqualTo("PERMISSION_DENIED: permission denied for client default/bob");
    }

    @Test
    void aServiceAccountKeepsTheNameItPresents() {
        Client robot = lab.client("robot", "dex:system:serviceaccount:ci:runner");
        Authenticator authenticator = authenticator(dex);
        String token = dex.token("system:serviceaccount:ci:runner");
        assertThat(result(authenticator.client(call(token, "Client", "robot")))).isEqualTo(robot);
        assertThat(refusal(authenticator.client(call(token, "Client", ""))))
                .isEqualTo("INVALID_ARGUMENT: resource name required for pre-existing authentication");
        assertThat(refusal(authenticator.client(call(token, "Client", "other"))))
                .endsWith("not found");
    }

    @Test
    void aNewUserBecomesAClientWhereThatIsWanted() {
        Authenticator authenticator = authenticator(dex);
        CallCredentials call = call(dex.token("Some.User@Example.com"), "Client", "");
        Client made = result(authenticator.client(call));
        assertThat(made.name()).isEqualTo(USER);
        assertThat(made.username()).isEqualTo("dex:Some.User@Example.com");
        assertThat(made.tokenId()).isNull();
        assertThat(result(authenticator.client(call))).isEqualTo(made);
    }

    @Test
    void nobodyElseBecomesAClient() {
        Authenticator authenticator = authenticator(dex);
        String user = dex.token("bob");
        String robot = dex.token("system:serviceaccount:ci:runner");
        assertThat(refusal(lab.authenticator(Set.of(), issuers(dex)).client(call(user, "Client", ""))))
                .isEqualTo("UNKNOWN: client default/bob: clients.jumpstarter.dev \"bob\" not found");
        assertThat(refusal(authenticator.client(call(robot, "Client", "robot"))))
                .endsWith("not found");
        assertThat(refusal(authenticator.exporter(call(user, "Exporter", "")))).endsWith("not found");
        CallCredentials elsewhere = new CallCredentials(
                List.of("Bearer " + user), List.of("Client"), List.of("secret"), List.of(), "192.0.2.7");
        assertThat(refusal(authenticator.client(elsewhere))).endsWith("not found");
    }

    @Test
    void theSameNameAtTwoProvidersIsTwoUsers() throws Exception {
        OidcProvider other = new OidcProvider(VERTX);
        Authenticator authenticator = lab.authenticator(
                Set.of("default"),
                List.of(
                        new OidcIssuer(VERTX, dex.config("dex:", Map.of())),
                        new OidcIssuer(VERTX, other.config("other:", Map.of()))));
        Client first = result(authenticator.client(call(dex.token("ann"), "Client", "")));
        assertThat(first.username()).isEqualTo("dex:ann");
        Client second = result(authenticator.client(call(other.token("ann"), "Client", "")));
        assertThat(second.username()).isEqualTo("other:ann");
        assertThat(second.name().name()).isEqualTo("other-ann");
        // Each stays who it is, whoever comes and goes.
        assertThat(result(authenticator.client(call(other.token("ann"), "Client", "other-ann"))))
                .isEqualTo(second);
        assertThat(result(authenticator.client(call(dex.token("ann"), "Client", "ann"))))
                .isEqualTo(first);
        assertThat(refusal(authenticator.client(call(other.token("ann"), "Client", "ann"))))
                .contains("provided \"ann\" but expected \"other-ann\"");
    }

    @Test
    void twoProvidersWithOnePrefixAreRefused() throws Exception {
        OidcProvider other = new OidcProvider(VERTX);
        List<OidcIssuer> both = issuers(dex, other);
        assertThatThrownBy(() -> new Authenticator(lab.issuer, both, Set.of(), lab.records, lab.meters))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the prefix dex: is there twice");
        assertThatThrownBy(() -> dex.config("", Map.of())).isInstanceOf(SettingsException.class);
    }

    @Test
    void aTokenForSomebodyElseIsRefused() {
        String token = dex.token(claims -> claims.claim("name", "ann").audience(List.of("x", "y")));
        assertThat(refusal(authenticator(dex).client(call(token, "Client", ""))))
                .isEqualTo("UNKNOWN: oidc: verify token: oidc: expected audience \"lab\" got [\"x\" \"y\"]");
    }

    @Test
    void anOldTokenIsExpired() {
        Authenticator authenticator = authenticator(dex);
        String token = dex.token("ann");
        result(authenticator.client(call(token, "Client", "")));
        lab.cluster.advance(Duration.ofHours(1));
        String text = "UNKNOWN: oidc: verify token: oidc: token is expired"
                + " (Token Expiry: 2030-01-01 01:00:00 +0000 UTC)";
        assertThat(refusal(authenticator.client(call(token, "Client", "")))).isEqualTo(text);
        assertThat(refusal(authenticator(dex).client(call(token, "Client", ""))))
                .isEqualTo(text);
    }

    @Test
    void aTokenThatIsNotYetValidIsRefused() {
        String token = dex.token(
                claims -> claims.claim("name", "ann").notBeforeTime(Date.from(TokenLab.START.plusSeconds(600))));
        assertThat(refusal(authenticator(dex).client(call(token, "Client", ""))))
                .startsWith("UNKNOWN: oidc: verify token: oidc: current time ");
    }

    @Test
    void theUserNameHasToBeThere() {
        assertThat(refusal(authenticator(dex).client(call(dex.token(claims -> claims), "Client", ""))))
                .isEqualTo("UNKNOWN: oidc: parse username claims \"name\": claim not present");
    }

    @Test
    void aClaimThatTheLabRequiresHasToBeThere() {
        Authenticator authenticator = lab.authenticator(
                Set.of("default"), List.of(new OidcIssuer(VERTX, dex.config("dex:", Map.of("team", "rig")))));
        assertThat(refusal(authenticator.client(call(dex.token("ann"), "Client", ""))))
                .contains("claim \"team\"");
        String token = dex.token(claims -> claims.claim("name", "ann").claim("team", "rig"));
        assertThat(result(authenticator.client(call(token, "Client", "")))
                        .name()
                        .name())
                .isEqualTo("ann");
    }

    @Test
    void aSignatureWithASharedKeyIsRefused() throws Exception {
        assertThat(refusal(authenticator(dex).client(call(dex.forged("ann"), "Client", ""))))
                .isEqualTo("UNKNOWN: oidc: verify token: oidc: unexpected signature algorithm \"HS256\"");
    }

    @Test
    void aSignatureOfAnotherIsRefused() throws Exception {
        OidcProvider other = new OidcProvider(VERTX);
        other.changeKey();
        String token = other.token(claims -> claims.issuer(dex.url).claim("name", "ann"));
        assertThat(refusal(authenticator(dex).client(call(token, "Client", ""))))
                .isEqualTo("UNKNOWN: oidc: verify token: oidc: failed to verify signature");
    }

    @Test
    void aNewKeyIsFetchedButNotForEveryTokenThatClaimsOne() throws Exception {
        Authenticator authenticator = authenticator(dex);
        result(authenticator.client(call(dex.token("ann"), "Client", "")));
        dex.changeKey();
        int before = dex.asked.get();
        refusal(authenticator.client(call(dex.token("ann"), "Client", "")));
        assertThat(dex.asked.get()).isEqualTo(before);
        lab.cluster.advance(Duration.ofSeconds(11));
        result(authenticator.client(call(dex.token("ann"), "Client", "")));
        assertThat(dex.asked.get()).isEqualTo(before + 2);
    }

    @Test
    void keysThatAreKnownServeWhileTheProviderIsAway() {
        Authenticator authenticator = authenticator(dex);
        result(authenticator.client(call(dex.token("ann"), "Client", "")));
        dex.close();
        lab.cluster.advance(Duration.ofMinutes(30));
        assertThat(result(authenticator.client(call(dex.token("bob"), "Client", "")))
                        .name()
                        .name())
                .isEqualTo("bob");
    }

    @Test
    void withoutAnyKeysTheAnswerSaysWhoIsAway() {
        dex.close();
        assertThat(refusal(authenticator(dex).client(call(dex.token("ann"), "Client", ""))))
                .startsWith("UNKNOWN: oidc: authenticator for issuer \"" + dex.url + "\" is not initialized");
    }

    @Test
    void aProviderWhoseCertificateIsNotKnownIsNotBelieved() {
        OidcConfig config = dex.config("dex:", Map.of());
        OidcConfig stranger =
                new OidcConfig(config.url(), config.audiences(), null, config.claim(), config.prefix(), Map.of());
        Authenticator authenticator = lab.authenticator(Set.of(), List.of(new OidcIssuer(VERTX, stranger)));
        assertThat(refusal(authenticator.client(call(dex.token("ann"), "Client", ""))))
                .contains("is not initialized");
    }

    private Authenticator authenticator(OidcProvider provider) {
        return lab.authenticator(Set.of("default"), issuers(provider));
    }

    private List<OidcIssuer> issuers(OidcProvider... providers) {
        return Arrays.stream(providers)
                .map(provider -> new OidcIssuer(VERTX, provider.config("dex:", Map.of())))
                .toList();
    }
}
