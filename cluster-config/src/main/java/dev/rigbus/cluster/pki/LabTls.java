package dev.rigbus.cluster.pki;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** TLS as the nodes of a lab speak it. */
public final class LabTls {
    /** The name that a node asks for, so that it is shown the certificate that nodes go by, whatever clients are shown. */
    static final String FOR_NODES = "node.rigbus.internal";

    private final NodeIdentity identity;

    public LabTls(NodeIdentity identity) {
        this.identity = identity;
    }

    /**
     * For the main port. A client need not have a certificate; one that it has must be of this lab.
     *
     * @param own shown to clients in place of the node's; absent for the node's
     * @param protocols by the names of the handshake (ALPN), the preferred ones first
     */
    public SslContext server(@Nullable Credentials own, List<String> protocols) throws IOException {
        try {
            return SslContextBuilder.forServer(new NodeKeyManager(identity, own))
                    .trustManager(identity.lab().ca())
                    .clientAuth(ClientAuth.OPTIONAL)
                    .applicationProtocolConfig(protocols(protocols))
                    .build();
        } catch (SSLException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /**
     * For a connection to another node, by this node's certificate. The other's is accepted for any address: what counts is which node it
     * is, and {@link #node} tells.
     */
    public SslContext client(String protocol) throws IOException {
        try {
            return SslContextBuilder.forClient()
                    .keyManager(new NodeKeyManager(identity, null))
                    .trustManager(identity.lab().ca())
                    .serverName(new SNIHostName(FOR_NODES))
                    .endpointIdentificationAlgorithm(null)
                    .applicationProtocolConfig(protocols(List.of(protocol)))
                    .build();
        } catch (SSLException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** For a node that is to be: it knows no more of the lab than the fingerprint of its authority. */
    public static SslContext stranger(String fingerprint, String protocol) throws IOException {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(new PinnedLab(fingerprint))
                    .serverName(new SNIHostName(FOR_NODES))
                    .endpointIdentificationAlgorithm(null)
                    .applicationProtocolConfig(protocols(List.of(protocol)))
                    .build();
        } catch (SSLException e) {
            throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    static ApplicationProtocolConfig protocols(List<String> protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocols);
    }

    /**
     * A node as its certificate shows it.
     *
     * @param key SHA-256 of the public key
     */
    public record Peer(String name, String key) {}

    /** The node at the other end of a connection; absent if it is not a node. Whether it still belongs to the lab is for others to say. */
    public static Optional<Peer> node(SSLSession session) {
        try {
            Certificate first = session.getPeerCertificates()[0];
            return first instanceof X509Certificate certificate
                    ? Certificates.node(certificate)
                            .map(name -> new Peer(name, NodeIdentity.keyFingerprint(certificate.getPublicKey())))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
