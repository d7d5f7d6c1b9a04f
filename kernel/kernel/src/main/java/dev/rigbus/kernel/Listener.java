package dev.rigbus.kernel;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where an exporter is served over TCP.
 *
 * @param host a name or address of this machine; {@code 0.0.0.0} for all
 * @param port 0 for one that the system chooses
 * @param tls absent for plaintext
 * @param passphrase what every call must carry; absent for none
 */
public record Listener(
        String host, int port, @Nullable Tls tls, @Nullable String passphrase) {
    /** PEM files: the chain, leaf first, and its key. */
    public record Tls(Path certificate, Path key) {}

    @Override
    public String toString() {
        return host + ":" + port + (tls == null ? " (plaintext)" : " (TLS)");
    }
}
