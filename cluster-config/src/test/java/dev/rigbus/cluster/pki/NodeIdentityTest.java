package dev.rigbus.cluster.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    private Path temp;

    private Path folder() {
        return temp.resolve("data");
    }

    private NodeIdentity open(Instant now, String... names) throws IOException {
        InstantSource clock = InstantSource.fixed(now);
        return NodeIdentity.openOrCreate(
                folder(), LabKeys.openOrCreate(folder(), clock), "shelf", HostNames.of(List.of(names)), clock);
    }

    @Test
    void keysAndCertificateStayAcrossRestarts() throws Exception {
        NodeIdentity first = open(NOW, "lab.example");
        NodeIdentity second = open(NOW.plus(Duration.ofDays(300)), "lab.example");
        assertThat(second.credentials()).isEqualTo(first.credentials());
        assertThat(second.lab().secretText()).isEqualTo(first.lab().secretText());
        assertThat(Files.readString(folder().resolve("ca.pem")))
                .isEqualTo(first.lab().caPem());
    }

    @Test
    void nobodyElseCanReadTheFiles() throws Exception {
        open(NOW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
                .isEqualTo("rwx------");
        try (var files = Files.list(folder())) {
            assertThat(files.toList())
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void theCertificateIsForAllNamesOfTheHostAndForServerAndClient() throws Exception {
        X509Certificate certificate =
                open(NOW, "lab.example", "192.0.2.7", "fd00::7").credentials().certificate();
        assertThat(Certificates.names(certificate))
                .contains(
                        "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "lab.example", "192.0.2.7", "fd00:0:0:0:0:0:0:7");
        assertThat(certificate.getExtendedKeyUsage())
                .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(Certificates.node(certificate)).contains("shelf");
        certificate.verify(open(NOW).lab().ca().getPublicKey());
    }

    @Test
    void isRenewedBeforeItsEndWithTheSameKeyAndAuthority() throws Exception {
        NodeIdentity first = open(NOW);
        Instant late = NOW.plus(Certificates.NODE_LIFE).minus(Duration.ofDays(30));
        NodeIdentity renewed = open(late);
        assertThat(renewed.credentials().certificate().getNotAfter())
                .isAfter(first.credentials().certificate().getNotAfter());
        assertThat(renewed.keyFingerprint()).isEqualTo(first.keyFingerprint());
        assertThat(renewed.lab().fingerprint()).isEqualTo(first.lab().fingerprint());
    }

    @Test
    void aNewNameOfTheHostGetsIntoTheCertificate() throws Exception {
        NodeIdentity first = open(NOW);
        NodeIdentity moved = open(NOW, "moved.example");
        assertThat(Certificates.names(moved.credentials().certificate())).contains("moved.example");
        assertThat(moved.keyFingerprint()).isEqualTo(first.keyFingerprint());
        assertThat(moved.renewIfNeeded(Set.of("moved.example"))).isFalse();
    }

    @Test
    void aFolderServesOneNodeOnly() throws Exception {
        open(NOW);
        InstantSource clock = InstantSource.fixed(NOW);
        LabKeys lab = LabKeys.openOrCreate(folder(), clock);
        assertThatThrownBy(() -> NodeIdentity.openOrCreate(folder(), lab, "other", Set.of("localhost"), clock))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("belongs to the node shelf")
                .hasMessageContaining("--name shelf");
    }

    @Test
    void brokenKeysAreNotReplaced() throws Exception {
        open(NOW);
        Path file = folder().resolve("lab.pem");
        String cut = Files.readString(file).substring(0, 900);
        Files.writeString(file, cut);
        assertThatThrownBy(() -> open(NOW)).isInstanceOf(IOException.class).hasMessageContaining("lab.pem");
        assertThat(Files.readString(file)).isEqualTo(cut);
    }

    @Test
    void theFingerprintOfAKeyIsThatOfNoOther() throws Exception {
        InstantSource clock = InstantSource.fixed(NOW);
        LabKeys lab = LabKeys.openOrCreate(folder(), clock);
        NodeIdentity one = NodeIdentity.openOrCreate(temp.resolve("1"), lab, "shelf", Set.of("localhost"), clock);
        NodeIdentity two = NodeIdentity.openOrCreate(temp.resolve("2"), lab, "shelf", Set.of("localhost"), clock);
        assertThat(one.keyFingerprint()).isNotEqualTo(two.keyFingerprint());
    }

    @Test
    void secretsAreNotShown() throws Exception {
        NodeIdentity identity = open(NOW);
        assertThat(identity.lab() + " " + identity.credentials() + " " + identity.pem())
                .doesNotContain("PRIVATE");
    }

    @Test
    void namesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> HostNames.of(List.of("lab:8082")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("lab:8082 (expected: a host name or an address, without a port)");
    }
}
