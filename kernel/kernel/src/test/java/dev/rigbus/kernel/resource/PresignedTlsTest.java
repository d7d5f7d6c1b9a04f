package dev.rigbus.kernel.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rigbus.driver.Reason;
import dev.rigbus.kernel.resource.ResourceHandle.Presigned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web servers with TLS: the certificate must be one that is trusted, and the host's. */
class PresignedTlsTest {
    private static final String PASSWORD = "changeit";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static SSLContext here;
    private static SSLContext elsewhere;

    @BeforeAll
    static void makeCertificates(@TempDir Path room) throws Exception {
        here = context(room.resolve("here.p12"), "ip:127.0.0.1");
        elsewhere = context(room.resolve("elsewhere.p12"), "dns:elsewhere.example");
    }

    @Test
    void whatATrustedServerGivesIsRead() throws Exception {
        try (HttpScript server = HttpScript.saying(OK, here)) {
            assertThat(text(server.url("/img?s=1"), here)).isEqualTo("hi");
            assertThat(server.head().get(0)).isEqualTo("GET /img?s=1 HTTP/1.1");
        }
    }

    @Test
    void aRedirectToTlsIsFollowed() throws Exception {
        try (HttpScript target = HttpScript.saying(OK, here);
                HttpScript server =
                        HttpScript.saying("HTTP/1.1 302 Found\r\nLocation: " + target.url("/b") + "\r\n\r\n")) {
            assertThat(text(server.url("/a"), here)).isEqualTo("hi");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCertificateOfAStrangerOrOfAnotherHostEndsTheRequest(boolean anotherHost) throws Exception {
        try (HttpScript server = HttpScript.saying(OK, elsewhere)) {
            // Trusted in the second case, but made out to another name.
            SSLContext trusted = anotherHost ? elsewhere : here;
            ResourceException failure =
                    catchThrowableOfType(ResourceException.class, () -> text(server.url("/p?s=hush"), trusted));

            assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN);
            assertThat(failure)
                    .hasMessageStartingWith("Presigned HTTP GET stream failed (connection/read error) for "
                            + server.url("/p?[REDACTED]"))
                    .hasMessageNotContaining("hush");
        }
    }

    private static String text(String url, SSLContext trusted) throws IOException {
        Presigned handle = new Presigned(Map.of(), url, "GET");
        try (InputStream in = new PresignedResource(handle, Duration.ofSeconds(20), trusted).input()) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** Holds a fresh key with its self-signed certificate, and trusts that one alone. */
    private static SSLContext context(Path store, String name) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + name,
                "-validity",
                "1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString());
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory others = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        others.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), others.getTrustManagers(), null);
        return context;
    }
}
