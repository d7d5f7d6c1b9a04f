package dev.rigbus.lab.identity;

import static dev.rigbus.lab.identity.TokenLab.call;
import static dev.rigbus.lab.identity.TokenLab.refusal;
import static dev.rigbus.lab.identity.TokenLab.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import java.time.Duration;
import java.util.Date;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {
    private static final String REPLACED =
            "UNKNOWN: failed to authenticate token: it was replaced by a newer one or revoked";

    private final TokenLab lab = new TokenLab();
    private final Authenticator authenticator = lab.authenticator();
    private final Client ann = lab.client("ann");

    @Test
    void aTokenSaysWhatStockPeersExpect() throws Exception {
        SignedJWT jwt = SignedJWT.parse(lab.token(ann));
        assertThat(jwt.getHeader().toJSONObject())
                .containsOnlyKeys("alg", "typ")
                .containsEntry("alg", "ES256");
        var claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(TokenLab.ISSUER);
        assertThat(claims.getAudience()).containsExactly("jumpstarter");
        assertThat(claims.getSubject()).isEqualTo("client:default:ann:" + ann.uid());
        assertThat(claims.getIssueTime()).isEqualTo(Date.from(TokenLab.START));
        assertThat(claims.getExpirationTime()).isEqualTo(Date.from(TokenLab.START.plus(Duration.ofDays(365))));
        assertThat(claims.getJWTID()).isEqualTo(ann.tokenId());
        Exporter rack = lab.exporter("rack");
        assertThat(SignedJWT.parse(lab.token(rack)).getJWTClaimsSet().getSubject())
                .isEqualTo("exporter:default:rack:" + rack.uid());
    }

    @Test
    void thePublishedKeyChecksTheToken() throws Exception {
        var key = JWKSet.parse(lab.issuer.jwks()).getKeyByKeyId("default");
        assertThat(key.isPrivate()).isFalse();
        assertThat(SignedJWT.parse(lab.token(ann)).verify(new ECDSAVerifier(key.toECKey())))
                .isTrue();
        assertThat(JSONObjectUtils.parse(lab.issuer.discovery()))
                .containsEntry("issuer", TokenLab.ISSUER)
                .containsEntry("jwks_uri", TokenLab.ISSUER + "/jwks");
    }

    @Test
    void aTokenMadeAgainIsTheSameIdentity() {
        String first = lab.token(ann);
        lab.cluster.advance(Duration.ofDays(10));
        String again = lab.token(ann);
        assertThat(result(authenticator.client(call(first, "Client", "ann")))).isEqualTo(ann);
        assertThat(result(authenticator.client(call(again, "Client", "ann")))).isEqualTo(ann);
        assertThat(lab.issuer.token(ann).expires()).isEqualTo(TokenLab.START.plus(Duration.ofDays(365)));
    }

    @Test
    void theNewTokenWorksAtOnceAndTheOldOneNoMore() {
        String old = lab.token(ann);
        result(authenticator.client(call(old, "Client", "ann")));
        String first = result(lab.issuer.rotate(ann)).token();
        String second = result(lab.issuer.rotate(lab.stored(ann))).token();
        assertThat(first).isNotEqualTo(second);
        assertThat(result(authenticator.client(call(second, "Client", "ann"))).name())
                .isEqualTo(ann.name());
        assertThat(refusal(authenticator.client(call(old, "Client", "ann")))).isEqualTo(REPLACED);
        assertThat(refusal(authenticator.client(call(first, "Client", "ann")))).isEqualTo(REPLACED);
    }

    @Test
    void whoseTokenWasRevokedGetsNoOther() {
        String old = lab.token(ann);
        result(lab.issuer.revoke(ann));
        assertThat(refusal(authenticator.client(call(old, "Client", "ann")))).isEqualTo(REPLACED);
        assertThat(refusal(lab.issuer.rotate(ann))).isEqualTo(REPLACED);
        assertThat(lab.issuer.token(lab.stored(ann))).isNull();
    }

    @Test
    void revokingAnAdminEndsItsToken() {
        String token = result(lab.issuer.createAdmin("root")).token();
        var headers = java.util.List.of("Bearer " + token);
        Admin root = result(authenticator.admin(headers, "/192.0.2.7:1"));
        result(lab.issuer.revoke(root));
        assertThat(refusal(authenticator.admin(headers, "/192.0.2.7:1"))).isEqualTo(REPLACED);
    }

    @Test
    void rotationKeepsWhatElseWasChangedMeanwhile() {
        Client labelled =
                new Client(ann.name(), ann.uid(), java.util.Map.of("team", "a"), null, ann.tokenId(), ann.created());
        result(lab.records.write(Client.KIND, ann.name().key(), 1, dev.rigbus.lab.model.Records.write(labelled)));
        result(lab.issuer.rotate(ann));
        assertThat(lab.stored(ann).labels()).containsEntry("team", "a");
    }

    @Test
    void nothingThatIsPrintedShowsAToken() {
        assertThat(lab.issuer.token(ann).toString())
                .doesNotContain(lab.token(ann).substring(0, 20));
        assertThat(lab.keys.toString()).isEqualTo("TokenKeys(***)");
    }
}
