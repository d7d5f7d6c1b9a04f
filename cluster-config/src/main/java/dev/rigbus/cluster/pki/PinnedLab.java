package dev.rigbus.cluster.pki;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** Trusts the nodes of the lab whose authority has a certain fingerprint, and nobody else. */
final class PinnedLab implements X509TrustManager {
    private final String fingerprint;

    PinnedLab(String fingerprint) {
        this.fingerprint = fingerprint;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        X509Certificate node = chain[0];
        X509Certificate authority = chain[chain.length - 1];
        if (!LabKeys.fingerprint(authority).equals(fingerprint)) {
            throw new CertificateException("it belongs to another lab than the join token");
        }
        try {
            authority.checkValidity();
            node.checkValidity();
            node.verify(authority.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw new CertificateException("its certificate is not of the lab: " + e.getMessage(), e);
        }
        if (Certificates.node(node).isEmpty()) {
            throw new CertificateException("its certificate is not that of a node");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("for servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
