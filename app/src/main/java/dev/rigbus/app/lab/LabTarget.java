package dev.rigbus.app.lab;

import dev.rigbus.app.config.AccessFile;
import dev.rigbus.app.config.DataFolder;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.LabClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** How a lab is reached, and as whom. */
public final class LabTarget {
    private static final String TRUST_HINT =
            "is this the lab that the CA in the configuration is of, and is the host in the endpoint a name that the node goes by?";

    private final ExporterAddress address;
    private final ClientOptions options;
    private final Map<String, String> metadata;
    private final String hint;

    private LabTarget(ExporterAddress address, ClientOptions options, Map<String, String> metadata, String hint) {
        this.address = address;
        this.options = options;
        this.metadata = metadata;
        this.hint = hint;
    }

    /** The node of this machine with that data, as its administrator. */
    public static LabTarget local(Path data) {
        return new LabTarget(
                new ExporterAddress.Unix(data.resolve(DataFolder.ADMIN_SOCKET)),
                ClientOptions.plaintext(),
                Map.of(),
                "is `rigbus up` running here, with this --data, and may you open its folder? For a node elsewhere use --endpoint or --admin-config");
    }

    /**
     * Any node, as an administrator.
     *
     * @param authority in PEM; absent for those that the JDK trusts
     */
    public static LabTarget remote(String endpoint, String token, @Nullable String authority) {
        return new LabTarget(
                address(endpoint), options(authority), bearer(token), "is the node up, and is this its endpoint?");
    }

    /** Any node, as the file says. */
    public static LabTarget of(AccessFile file) {
        Map<String, String> metadata = bearer(file.token());
        if (!file.namespace().isEmpty()) {
            metadata.put("jumpstarter-kind", "Client");
            metadata.put("jumpstarter-namespace", file.namespace());
            metadata.put("jumpstarter-name", file.name());
        }
        return new LabTarget(
                address(file.endpoint()),
                options(file.authority()),
                metadata,
                "is the node up, and is this its endpoint?");
    }

    private static Map<String, String> bearer(String token) {
        Map<String, String> metadata = new HashMap<>();
        metadata.put("authorization", "Bearer " + token);
        return metadata;
    }

    private static ClientOptions options(@Nullable String authority) {
        return authority == null ? ClientOptions.secure() : ClientOptions.trusting(authority);
    }

    private static ExporterAddress address(String endpoint) {
        ExporterAddress address = ExporterAddress.parse(endpoint);
        if (address instanceof ExporterAddress.Unix) {
            throw new IllegalArgumentException(endpoint + " (expected: HOST:PORT)");
        }
        return address;
    }

    /** Connects; fails with a text for people that says what to look at. */
    public LabClient connect() throws IOException {
        if (address instanceof ExporterAddress.Unix unix && !Files.exists(unix.path())) {
            throw new IOException("no node at " + unix.path() + "; " + hint);
        }
        try {
            return LabClient.connect(address, options, metadata);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "; " + (isAboutTrust(e) ? TRUST_HINT : hint), e);
        }
    }

    private static boolean isAboutTrust(IOException failure) {
        return failure.getCause() instanceof SSLException;
    }
}
