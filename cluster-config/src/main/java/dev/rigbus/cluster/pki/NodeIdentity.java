package dev.rigbus.cluster.pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** This node's key and certificate. The key stays for good; the certificate is made anew before its end, or when the host has new names. */
public final class NodeIdentity {
    private static final String FILE = "node.pem";
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(60);

    private final Path folder;
    private final LabKeys lab;
    private final String name;
    private final InstantSource clock;
    private volatile Credentials credentials;

    private NodeIdentity(Path folder, LabKeys lab, String name, InstantSource clock, Credentials credentials) {
        this.folder = folder;
        this.lab = lab;
        this.name = name;
        this.clock = clock;
        this.credentials = credentials;
    }

    /**
     * The one kept in the folder, or a new one, which is kept from then on.
     *
     * @param name of the node, unique in the lab
     * @param names what the host is reached by ({@link HostNames})
     */
    public static NodeIdentity openOrCreate(
            Path folder, LabKeys lab, String name, Collection<String> names, InstantSource clock) throws IOException {
        Credentials kept = read(folder);
        NodeIdentity identity;
        if (kept == null) {
            identity = create(folder, lab, name, names, clock, Certificates.newKey());
        } else {
            identity = new NodeIdentity(folder, lab, name, clock, kept);
            identity.checkIsOurs();
        }
        identity.renewIfNeeded(names);
        return identity;
    }

    /** A new one by a key that there is already, which is kept from then on. */
    public static NodeIdentity create(
            Path folder, LabKeys lab, String name, Collection<String> names, InstantSource clock, KeyPair key)
            throws IOException {
        var certificate = Certificates.node(lab.ca(), lab.caKey(), key.getPublic(), name, names, clock.instant());
        NodeIdentity identity = new NodeIdentity(
                folder, lab, name, clock, new Credentials(key.getPrivate(), List.of(certificate, lab.ca())));
        identity.save();
        return identity;
    }

    /** For a node that is to be. */
    public static KeyPair newKey() {
        return Certificates.newKey();
    }

    /** Keeps something else in the folder, as private as the keys. */
    public static void keep(Path folder, String file, String text) throws IOException {
        PrivateFiles.createFolder(folder);
        PrivateFiles.write(folder.resolve(file), text);
    }

    private static @Nullable Credentials read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            Credentials kept = Credentials.parse(Files.readString(file));
            if (kept.chain().isEmpty()) {
                throw new IOException("no certificate in it");
            }
            return kept;
        } catch (IOException e) {
            throw new IOException("the node's key in " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void checkIsOurs() throws IOException {
        String kept = nameInCertificate(credentials.certificate());
        if (!kept.equals(name)) {
            throw new IOException("the folder " + folder + " belongs to the node " + kept + " and cannot be used for "
                    + name + " (expected: --name " + kept + ", or another --data)");
        }
        if (!credentials.certificate().getIssuerX500Principal().equals(lab.ca().getSubjectX500Principal())) {
            throw new IOException(
                    "the certificate in " + folder.resolve(FILE) + " is not of the lab whose keys are beside it");
        }
    }

    /** The name that the folder's node has; absent where there is none yet. */
    public static @Nullable String nameIn(Path folder) throws IOException {
        Credentials kept = read(folder);
        return kept == null ? null : nameInCertificate(kept.certificate());
    }

    private static String nameInCertificate(X509Certificate certificate) {
        return Certificates.node(certificate).orElse("without a name");
    }

    /**
     * Makes the certificate anew, with the same key, if it ends soon or lacks one of these names. To be called now and then.
     *
     * @return whether it was needed
     */
    public synchronized boolean renewIfNeeded(Collection<String> names) throws IOException {
        X509Certificate current = credentials.certificate();
        Set<String> all = new HashSet<>(names);
        all.removeAll(Certificates.names(current));
        Instant renewal = current.getNotAfter().toInstant().minus(RENEWED_BEFORE_END);
        if (all.isEmpty() && clock.instant().isBefore(renewal)) {
            return false;
        }
        var next = Certificates.node(lab.ca(), lab.caKey(), current.getPublicKey(), name, names, clock.instant());
        credentials = new Credentials(credentials.key(), List.of(next, lab.ca()));
        save();
        return true;
    }

    private void save() throws IOException {
        PrivateFiles.createFolder(folder);
        PrivateFiles.write(folder.resolve(FILE), credentials.text());
    }

    public String name() {
        return name;
    }

    public LabKeys lab() {
        return lab;
    }

    /** By which the other nodes know this one, whatever its certificate says: SHA-256 of the public key. */
    public String keyFingerprint() {
        return keyFingerprint(credentials.certificate().getPublicKey());
    }

    public static String keyFingerprint(PublicKey key) {
        return LabKeys.sha256(key.getEncoded());
    }

    Credentials credentials() {
        return credentials;
    }

    /** Key and certificate as PEM, for what takes nothing else. */
    public Pair pem() {
        Credentials now = credentials;
        StringBuilder chain = new StringBuilder();
        now.chain().forEach(certificate -> chain.append(Pem.text(certificate)));
        return new Pair(Pem.text(Pem.PRIVATE_KEY, now.key().getEncoded()), chain.toString());
    }

    /** A key and the certificate for it, as PEM. */
    public record Pair(String key, String certificate) {
        @Override
        public String toString() {
            return certificate;
        }
    }
}
