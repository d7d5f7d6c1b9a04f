package dev.rigbus.cluster.pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificate for it.
 *
 * @param chain the certificate first, then those that signed it
 */
public record Credentials(PrivateKey key, List<X509Certificate> chain) {
    public Credentials {
        chain = List.copyOf(chain);
    }

    /**
     * Somebody's own, for the side that serves clients.
     *
     * @param certificate PEM, the certificate first, then those between it and its authority
     * @param key PEM, PKCS#8 without a password
     * @throws IOException that names the file and what is wrong with it
     */
    public static Credentials load(Path certificate, Path key) throws IOException {
        List<X509Certificate> chain = read(certificate, "certificate", Pem::certificates);
        if (chain.isEmpty()) {
            throw new IOException(
                    "the TLS certificate " + certificate + " cannot be used: no certificate in it (expected: PEM)");
        }
        PrivateKey loaded = read(key, "key", blocks -> Pem.privateKey(Pem.one(blocks, Pem.PRIVATE_KEY)));
        if (!belong(loaded, chain.get(0))) {
            throw new IOException("the TLS key " + key + " is not the one of the certificate " + certificate);
        }
        return new Credentials(loaded, chain);
    }

    private interface Reader<T> {
        T read(List<Pem.Block> blocks) throws IOException;
    }

    private static <T> T read(Path file, String what, Reader<T> reader) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("the TLS " + what + " " + file + " does not exist");
        }
        if (!Files.isReadable(file)) {
            throw new IOException("the TLS " + what + " " + file + " cannot be read");
        }
        try {
            return reader.read(Pem.blocks(Files.readString(file)));
        } catch (IOException e) {
            throw new IOException("the TLS " + what + " " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean belong(PrivateKey key, X509Certificate certificate) {
        try {
            String algorithm = key.getAlgorithm().startsWith("Ed")
                    ? "Ed25519"
                    : "SHA256with" + (key.getAlgorithm().equals("EC") ? "ECDSA" : key.getAlgorithm());
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update((byte) 1);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update((byte) 1);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    String text() {
        StringBuilder text = new StringBuilder(Pem.text(Pem.PRIVATE_KEY, key.getEncoded()));
        chain.forEach(certificate -> text.append(Pem.text(certificate)));
        return text.toString();
    }

    static Credentials parse(String text) throws IOException {
        List<Pem.Block> blocks = Pem.blocks(text);
        return new Credentials(Pem.privateKey(Pem.one(blocks, Pem.PRIVATE_KEY)), Pem.certificates(blocks));
    }

    /** Tells whose they are, and not the key. */
    @Override
    public String toString() {
        return "Credentials[" + certificate().getSubjectX500Principal() + "]";
    }
}
