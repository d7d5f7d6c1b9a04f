package dev.rigbus.cluster.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** The text form of keys and certificates: blocks of Base64 that each have a label. */
final class Pem {
    static final String CERTIFICATE = "CERTIFICATE";
    static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final List<String> KEY_TYPES = List.of("EC", "RSA", "Ed25519");

    private Pem() {}

    record Block(String label, byte[] bytes) {}

    static String text(String label, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    static String text(X509Certificate certificate) {
        try {
            return text(CERTIFICATE, certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    static List<Block> blocks(String text) throws IOException {
        List<Block> blocks = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject each = reader.readPemObject(); each != null; each = reader.readPemObject()) {
                blocks.add(new Block(each.getType(), each.getContent()));
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IOException("not PEM: " + e.getMessage(), e);
        }
        return blocks;
    }

    /** The bytes of the one block with this label. */
    static byte[] one(List<Block> blocks, String label) throws IOException {
        List<Block> found =
                blocks.stream().filter(block -> block.label().equals(label)).toList();
        if (found.size() != 1) {
            throw new IOException(found.size() + " blocks " + label + " (expected: 1)");
        }
        return found.get(0).bytes();
    }

    static X509Certificate certificate(byte[] bytes) throws IOException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
        } catch (GeneralSecurityException e) {
            throw new IOException("not a certificate: " + e.getMessage(), e);
        }
    }

    static List<X509Certificate> certificates(List<Block> blocks) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(block.bytes()));
            }
        }
        return certificates;
    }

    /** A key in PKCS#8. */
    static PrivateKey privateKey(byte[] bytes) throws IOException {
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (GeneralSecurityException e) {
                // Of another type, then; the encoding does not say it in a form that the JDK offers to read.
            }
        }
        throw new IOException("not a private key of " + String.join(", ", KEY_TYPES) + " in PKCS#8 without a password");
    }

    static PublicKey publicKey(byte[] bytes) throws IOException {
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(bytes));
        } catch (GeneralSecurityException e) {
            throw new IOException("not a public key of an elliptic curve: " + e.getMessage(), e);
        }
    }
}
