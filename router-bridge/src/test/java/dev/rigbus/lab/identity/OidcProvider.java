package dev.rigbus.lab.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.math.BigInteger;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An OpenID Connect provider on HTTPS, whose certificate nobody knows who was not given it. */
final class OidcProvider {
    /** They take their time to make. */
    private static final RSAKey FIRST = newKey("one");

    private static final RSAKey SECOND = newKey("two");

    final AtomicInteger asked = new AtomicInteger();
    final String url;
    private final String certificate;
    private final HttpServer server;
    private volatile RSAKey key = FIRST;

    OidcProvider(Vertx vertx) throws Exception {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
        pairs.initialize(256);
        KeyPair pair = pairs.generateKeyPair();
        certificate = certificate(pair);
        PemKeyCertOptions own = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(certificate))
                .addKeyValue(Buffer.buffer(pem("PRIVATE KEY", pair.getPrivate().getEncoded())));
        server = vertx.createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(own));
        server.requestHandler(this::answer);
        TokenLab.result(server.listen(0, "127.0.0.1"));
        url = "https://127.0.0.1:" + server.actualPort();
    }

    private void answer(HttpServerRequest request) {
        asked.incrementAndGet();
        boolean keys = request.path().equals("/keys");
        Map<String, Object> body =
                keys ? new JWKSet(key.toPublicJWK()).toJSONObject() : Map.of("issuer", url, "jwks_uri", url + "/keys");
        request.response().end(JSONObjectUtils.toJSONString(body));
    }

    void close() {
        TokenLab.result(server.close());
    }

    /** From now on tokens are signed with another key. */
    void changeKey() {
        key = SECOND;
    }

    OidcConfig config(String prefix, Map<String, String> required) {
        return new OidcConfig(URI.create(url), List.of("lab", "test"), certificate, "name", prefix, required);
    }

    String token(String name) {
        return token(claims -> claims.claim("name", name));
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(url)
                .audience("lab")
                .expirationTime(Date.from(TokenLab.START.plusSeconds(3600)));
        try {
            return signed(
                    new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()),
                    change.apply(claims),
                    new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** Signed with what everybody knows of the provider, as if that were a shared key. */
    String forged(String name) throws JOSEException {
        byte[] known = key.toRSAPublicKey().getEncoded();
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()),
                new JWTClaimsSet.Builder().issuer(url).audience("lab").claim("name", name),
                new MACSigner(known));
    }

    private static String signed(JWSHeader.Builder header, JWTClaimsSet.Builder claims, JWSSigner signer)
            throws JOSEException {
        SignedJWT jwt = new SignedJWT(header.build(), claims.build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String certificate(KeyPair pair) throws Exception {
        X500Name name = new X500Name("CN=provider");
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                name,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        return pem(
                "CERTIFICATE",
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
                        .getEncoded());
    }

    private static String pem(String kind, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }
}
