package dev.rigbus.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to connect.
 *
 * @param tls whether a TCP connection is encrypted; the server's certificate is always verified. Unix sockets never are
 * @param roots the PEM file of the authorities to trust; absent for those of the JDK
 * @param authorities the same as text, where they are in no file
 * @param serverName whom the server's certificate has to name; absent for the host that is connected to
 * @param passphrase what the exporter asks for; absent for none
 * @param timeout how long connecting may take, the first answer included
 */
public record ClientOptions(
        boolean tls,
        @Nullable Path roots,
        @Nullable String authorities,
        @Nullable String serverName,
        @Nullable String passphrase,
        Duration timeout) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    public static ClientOptions plaintext() {
        return new ClientOptions(false, null, null, null, null, TIMEOUT);
    }

    /** TLS with the authorities that the JDK trusts. */
    public static ClientOptions secure() {
        return new ClientOptions(true, null, null, null, null, TIMEOUT);
    }

    /** TLS with the authorities of a PEM file; a self-signed certificate is its own. */
    public static ClientOptions secure(Path roots) {
        return new ClientOptions(true, roots, null, null, null, TIMEOUT);
    }

    /** TLS with the authorities of a text in PEM, as configuration files carry them. */
    public static ClientOptions trusting(String authorities) {
        return new ClientOptions(true, null, authorities, null, null, TIMEOUT);
    }

    /** For a server that goes by another name than its address, as behind a list of addresses. */
    public ClientOptions withServerName(String name) {
        return new ClientOptions(tls, roots, authorities, name, passphrase, timeout);
    }

    public ClientOptions withPassphrase(String secret) {
        return new ClientOptions(tls, roots, authorities, serverName, secret, timeout);
    }

    public ClientOptions withTimeout(Duration limit) {
        return new ClientOptions(tls, roots, authorities, serverName, passphrase, limit);
    }

    /** What the environment of a stock client says: {@code JMP_GRPC_INSECURE}, {@code JMP_GRPC_PASSPHRASE} and gRPC's file of roots. */
    public static ClientOptions ofEnvironment(Map<String, String> environment) {
        boolean insecure = "1".equals(environment.get("JMP_GRPC_INSECURE"))
                || "1".equals(environment.get("JUMPSTARTER_GRPC_INSECURE"));
        String roots = environment.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
        return new ClientOptions(
                !insecure,
                roots == null ? null : Path.of(roots),
                null,
                null,
                environment.get("JMP_GRPC_PASSPHRASE"),
                TIMEOUT);
    }

    /** The passphrase stays out of logs. */
    @Override
    public String toString() {
        return "ClientOptions[tls=" + tls + ", roots=" + roots + ", passphrase=" + (passphrase == null ? "none" : "***")
                + "]";
    }
}
