package dev.rigbus.cluster.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What makes a lab one lab: its certificate authority, the key that signs tokens and the one for the router. All its nodes have them.
 *
 * @param ca the certificate that clients pin
 * @param caKey signs the certificates of nodes
 * @param tokenKey signs the tokens of clients and exporters; EC P-256
 * @param routerKey 64 bytes, so that it serves for all of HS256, HS384 and HS512
 */
public record LabKeys(X509Certificate ca, PrivateKey caKey, KeyPair tokenKey, byte[] routerKey) {
    private static final String FILE = "lab.pem";
    private static final String CA_FILE = "ca.pem";
    private static final String CA_KEY = "RIGBUS LAB CA KEY";
    private static final String TOKEN_KEY = "RIGBUS LAB TOKEN KEY";
    private static final String TOKEN_PUBLIC_KEY = "RIGBUS LAB TOKEN PUBLIC KEY";
    private static final String ROUTER_KEY = "RIGBUS LAB ROUTER KEY";
    private static final int ROUTER_KEY_BYTES = 64;

    /** Those kept in the folder, or new ones, which are kept from then on. All are in one file, so that they are never from two labs. */
    public static LabKeys openOrCreate(Path folder, InstantSource clock) throws IOException {
        PrivateFiles.createFolder(folder);
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            create(clock).save(folder);
        }
        LabKeys keys;
        try {
            keys = parse(Files.readString(file));
        } catch (IOException e) {
            throw new IOException("the lab's keys in " + file + " cannot be used: " + e.getMessage(), e);
        }
        if (!Files.exists(folder.resolve(CA_FILE))) {
            keys.save(folder);
        }
        return keys;
    }

    /** Whether this folder already belongs to a lab. */
    public static boolean areIn(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    private static LabKeys create(InstantSource clock) {
        byte[] routerKey = new byte[ROUTER_KEY_BYTES];
        new SecureRandom().nextBytes(routerKey);
        KeyPair ca = Certificates.newKey();
        return new LabKeys(
                Certificates.authority(ca, clock.instant()), ca.getPrivate(), Certificates.newKey(), routerKey);
    }

    /** Keeps those that another node has given. */
    public void save(Path folder) throws IOException {
        PrivateFiles.createFolder(folder);
        PrivateFiles.write(folder.resolve(FILE), secretText());
        PrivateFiles.write(folder.resolve(CA_FILE), caPem());
    }

    /** All of it, secrets included, as one text for the disk or for a new node. */
    public String secretText() {
        return caPem()
                + Pem.text(CA_KEY, caKey.getEncoded())
                + Pem.text(TOKEN_KEY, tokenKey.getPrivate().getEncoded())
                + Pem.text(TOKEN_PUBLIC_KEY, tokenKey.getPublic().getEncoded())
                + Pem.text(ROUTER_KEY, routerKey);
    }

    /** Those that {@link #secretText} is the text of. */
    public static LabKeys parse(String text) throws IOException {
        List<Pem.Block> blocks = Pem.blocks(text);
        byte[] routerKey = Pem.one(blocks, ROUTER_KEY);
        if (routerKey.length != ROUTER_KEY_BYTES) {
            throw new IOException(
                    ROUTER_KEY + " of " + routerKey.length + " bytes (expected: " + ROUTER_KEY_BYTES + ")");
        }
        return new LabKeys(
                Pem.certificate(Pem.one(blocks, Pem.CERTIFICATE)),
                Pem.privateKey(Pem.one(blocks, CA_KEY)),
                new KeyPair(
                        Pem.publicKey(Pem.one(blocks, TOKEN_PUBLIC_KEY)), Pem.privateKey(Pem.one(blocks, TOKEN_KEY))),
                routerKey);
    }

    /** The certificate that clients pin, as they want it. */
    public String caPem() {
        return Pem.text(ca);
    }

    /** By which a new node recognises the lab: SHA-256 of the authority's certificate. */
    public String fingerprint() {
        return fingerprint(ca);
    }

    public static String fingerprint(X509Certificate certificate) {
        try {
            return sha256(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A secret of the lab for one purpose, from which those for others cannot be found. */
    public byte[] derive(String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(routerKey, "HmacSHA256"));
            return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tells which lab it is and nothing else. */
    @Override
    public String toString() {
        return "LabKeys[" + fingerprint() + "]";
    }
}
