package dev.rigbus.kernel.grpc;

import dev.rigbus.kernel.Listener.Tls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server's certificate and key from their files. */
final class TlsFiles {
    private TlsFiles() {}

    /** @throws IOException that names the file and what is wrong with it */
    static SslContext load(Tls tls) throws IOException {
        readable(tls.certificate(), "certificate");
        readable(tls.key(), "key");
        try {
            return SslContextBuilder.forServer(
                            tls.certificate().toFile(), tls.key().toFile())
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
        } catch (IllegalArgumentException | java.security.ProviderException | javax.net.ssl.SSLException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "the TLS certificate " + tls.certificate() + " and key " + tls.key() + " cannot be used: "
                            + reason.getMessage() + " (expected: PEM, the key in PKCS#8 without a password)",
                    e);
        }
    }

    private static void readable(Path file, String what) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("the TLS " + what + " " + file + " does not exist");
        }
        if (!Files.isReadable(file)) {
            throw new IOException("the TLS " + what + " " + file + " cannot be read");
        }
    }
}
