package dev.rigbus.app.lab;

import dev.rigbus.app.config.AdminFile;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.LabClient;
import dev.rigbus.client.lease.LabAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How a lab is reached, and as whom. */
public final class LabTarget {
    private static final String TRUST_HINT =
            "is this the lab that the CA in the configuration is of, and is the host in the endpoint a name that the node goes by?";

    private static final String NODE_HINT = "is the node up, and is this its endpoint?";

    private final Way way;
    private final String hint;

    /** How to get there. */
    @FunctionalInterface
    private interface Way {
        LabClient connect() throws IOException;
    }

    private LabTarget(Way way, String hint) {
        this.way = way;
        this.hint = hint;
    }

    /** The node of this machine with that data, as its administrator. */
    public static LabTarget local(Path data) {
        Path socket = data.resolve(DataFolder.ADMIN_SOCKET);
        return new LabTarget(
                () -> {
                    if (!Files.exists(socket)) {
                        throw new IOException("no node at " + socket);
                    }
                    return LabClient.connect(
                            List.of(new ExporterAddress.Unix(socket)), ClientOptions.plaintext(), Map.of());
                },
                "is `rigbus up` running here, with this --data, and may you open its folder? For a node elsewhere use --endpoint or --admin-config");
    }

    /**
     * Any node, as an administrator.
     *
     * @param authority in PEM; absent for those that the JDK trusts
     */
    public static LabTarget remote(String endpoint, String token, @Nullable String authority) {
        List<ExporterAddress> nodes = ExporterAddress.parseAll(endpoint);
        if (nodes.stream().anyMatch(ExporterAddress.Unix.class::isInstance)) {
            throw new IllegalArgumentException(endpoint + " (expected: HOST:PORT)");
        }
        ClientOptions options = authority == null ? ClientOptions.secure() : ClientOptions.trusting(authority);
        Map<String, String> metadata = Map.of("authorization", "Bearer " + token);
        return new LabTarget(() -> LabClient.connect(nodes, options, metadata), NODE_HINT);
    }

    /** Any node, as the file of an administrator says. */
    public static LabTarget of(AdminFile file) {
        return remote(file.endpoint(), file.token(), file.authority());
    }

    /** Any node, as a client. */
    public static LabTarget of(LabAccess client) {
        return new LabTarget(client::connect, NODE_HINT);
    }

    /** Connects; fails with a text for people that says what to look at. */
    public LabClient connect() throws IOException {
        try {
            return way.connect();
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; " + (isAboutTrust(e) ? TRUST_HINT : hint), e);
        }
    }

    private static boolean isAboutTrust(IOException failure) {
        return failure.getCause() instanceof SSLException;
    }
}
