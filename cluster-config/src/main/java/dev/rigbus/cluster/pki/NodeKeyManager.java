package dev.rigbus.cluster.pki;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the node's certificate, as it is at the time, so that a renewed one is used without a restart; and to clients, where somebody has
 * given one of their own, that.
 */
final class NodeKeyManager extends X509ExtendedKeyManager {
    private static final String NODE = "node";
    private static final String OWN = "own";

    private final NodeIdentity identity;
    private final @Nullable Credentials own;

    NodeKeyManager(NodeIdentity identity, @Nullable Credentials own) {
        this.identity = identity;
        this.own = own;
    }

    private Credentials credentials(String alias) {
        return own != null && alias.equals(OWN) ? own : identity.credentials();
    }

    @Override
    public @Nullable String chooseEngineClientAlias(String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
        for (String type : types) {
            if (type.equals(getPrivateKey(NODE).getAlgorithm())) {
                return NODE;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String type, Principal @Nullable [] issuers, SSLEngine engine) {
        String alias = own == null || isForNodes(engine) ? NODE : OWN;
        return type.equals(getPrivateKey(alias).getAlgorithm()) ? alias : null;
    }

    private static boolean isForNodes(SSLEngine engine) {
        return engine.getHandshakeSession() instanceof ExtendedSSLSession session
                && session.getRequestedServerNames().stream()
                        .map(SNIServerName::getEncoded)
                        .anyMatch(name -> new String(name, StandardCharsets.US_ASCII).equals(LabTls.FOR_NODES));
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return credentials(alias).chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credentials(alias).key();
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {NODE};
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, Socket socket) {
        throw new UnsupportedOperationException("engines only");
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {NODE};
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, Socket socket) {
        throw new UnsupportedOperationException("engines only");
    }
}
