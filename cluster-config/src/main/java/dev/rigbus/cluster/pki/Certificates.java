package dev.rigbus.cluster.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** Makes the certificates of a lab and reads what is in them. */
final class Certificates {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(20 * 365);
    /** The longest that all current clients accept of a server. */
    static final Duration NODE_LIFE = Duration.ofDays(397);
    /** Hosts whose clock is behind have to find it valid too. */
    private static final Duration BACKDATED = Duration.ofDays(1);

    private static final String NODE_URI = "rigbus:node:";
    private static final int SERIAL_BITS = 159;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static X509Certificate authority(KeyPair key, Instant now) {
        X500Name name = name("Rigbus lab CA " + new BigInteger(32, RANDOM).toString(16));
        var builder = builder(name, now, AUTHORITY_LIFE, name, key.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key.getPublic()));
            return sign(builder, key.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate of a node: for its server, and for itself as the client of other nodes. */
    static X509Certificate node(
            X509Certificate ca, PrivateKey caKey, PublicKey key, String node, Collection<String> names, Instant now) {
        X500Name issuer = X500Name.getInstance(ca.getSubjectX500Principal().getEncoded());
        var builder = builder(issuer, now, NODE_LIFE, name(node), key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(Extension.subjectAlternativeName, false, alternatives(node, names));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca));
            return sign(builder, caKey);
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralNames alternatives(String node, Collection<String> names) {
        List<GeneralName> alternatives = new ArrayList<>();
        alternatives.add(new GeneralName(GeneralName.uniformResourceIdentifier, nodeUri(node)));
        for (String name : new TreeSet<>(names)) {
            int kind = IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName;
            alternatives.add(new GeneralName(kind, name));
        }
        return new GeneralNames(alternatives.toArray(new GeneralName[0]));
    }

    private static String nodeUri(String node) {
        return NODE_URI + node;
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Rigbus")
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, Instant now, Duration life, X500Name subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(life)),
                subject,
                key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** The node that a certificate is for; absent if it is not one of a node, whoever signed it. */
    static Optional<String> node(X509Certificate certificate) {
        return alternatives(certificate, GeneralName.uniformResourceIdentifier).stream()
                .filter(uri -> uri.startsWith(NODE_URI))
                .map(uri -> uri.substring(NODE_URI.length()))
                .findFirst();
    }

    /** The host names and addresses that a certificate is for. */
    static Collection<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>(alternatives(certificate, GeneralName.dNSName));
        names.addAll(alternatives(certificate, GeneralName.iPAddress));
        return names;
    }

    private static List<String> alternatives(X509Certificate certificate, int kind) {
        try {
            var all = certificate.getSubjectAlternativeNames();
            return all == null
                    ? List.of()
                    : all.stream()
                            .filter(entry -> entry.get(0).equals(kind))
                            .map(entry -> String.valueOf(entry.get(1)))
                            .toList();
        } catch (GeneralSecurityException e) {
            return List.of();
        }
    }
}
