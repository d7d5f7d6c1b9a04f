package dev.rigbus.client.lease;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.LabClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * How to reach a lab, and as whom: what stands in the file of a stock client.
 *
 * @param endpoint as {@code host:port}, or several as gRPC has them
 * @param authority whom to trust, in PEM; absent for those that the JDK trusts
 * @param serverName whom the certificates of the lab's nodes have to name; absent for the host of the endpoint
 * @param drivers which client classes Python programs may load, as {@code JMP_DRIVERS_ALLOW} has it
 */
public record LabAccess(
        String endpoint,
        String namespace,
        String name,
        String token,
        @Nullable String authority,
        @Nullable String serverName,
        String drivers) {
    private static final long MOST_BYTES = 1 << 20;

    /**
     * Reads the file of a client, such as {@code jmp admin create client} or {@code rigbus admin create client} writes.
     *
     * @throws IOException with a text that names the file, the key and what is expected
     */
    public static LabAccess read(Path file) throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException(file + ": is larger than " + MOST_BYTES + " bytes");
            }
            Object values = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            if (!(values instanceof Map<?, ?> map)) {
                throw new IOException(file + ": holds no map of keys and values");
            }
            return of(file, map);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (YamlEngineException e) {
            throw new IOException(
                    file + ": broken YAML: " + String.valueOf(e.getMessage()).replace('\n', ' '), e);
        }
    }

    /** The client of that name among those that {@code jmp config client list} shows. */
    public static LabAccess named(String alias, Map<String, String> environment) throws IOException {
        return read(file(alias, environment));
    }

    /**
     * As stock programs find it: {@code JMP_ENDPOINT}, {@code JMP_TOKEN}, {@code JMP_NAMESPACE} and {@code JMP_NAME}, or else the client
     * that {@code jmp config client use} has chosen.
     */
    public static LabAccess usual(Map<String, String> environment) throws IOException {
        String endpoint = environment.get("JMP_ENDPOINT");
        String token = environment.get("JMP_TOKEN");
        if (endpoint != null && token != null) {
            check("JMP_ENDPOINT", endpoint);
            return new LabAccess(
                    endpoint,
                    environment.getOrDefault("JMP_NAMESPACE", "default"),
                    environment.getOrDefault("JMP_NAME", "default"),
                    token,
                    null,
                    null,
                    environment.getOrDefault("JMP_DRIVERS_ALLOW", ""));
        }
        Path chosen = chosen(environment);
        if (chosen == null) {
            throw new IOException("no client is chosen: name the file of one, or see `jmp config client use`");
        }
        return read(chosen);
    }

    /** The file of the client that {@code jmp config client use} has chosen; absent where none is. */
    public static @Nullable Path chosen(Map<String, String> environment) throws IOException {
        Path config = home(environment).resolve("config.yaml");
        Object alias = Files.isRegularFile(config) ? alias(config) : null;
        return alias == null ? null : file(alias.toString(), environment);
    }

    private static Path file(String alias, Map<String, String> environment) {
        return home(environment).resolve("clients").resolve(alias + ".yaml");
    }

    private static @Nullable Object alias(Path chosen) throws IOException {
        try {
            Object values = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(chosen));
            Object config = values instanceof Map<?, ?> map ? map.get("config") : null;
            return config instanceof Map<?, ?> map ? map.get("current-client") : null;
        } catch (YamlEngineException e) {
            throw new IOException(chosen + ": broken YAML: " + e.getMessage(), e);
        }
    }

    private static Path home(Map<String, String> environment) {
        String own = environment.get("JMP_CLIENT_CONFIG_HOME");
        if (own != null) {
            return Path.of(own);
        }
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path base = config.startsWith("/") ? Path.of(config) : Path.of(System.getProperty("user.home"), ".config");
        return base.resolve("jumpstarter");
    }

    private static LabAccess of(Path file, Map<?, ?> values) throws IOException {
        List<String> missing = new ArrayList<>();
        Map<?, ?> metadata = section(values, "metadata");
        Map<?, ?> tls = section(values, "tls");
        Map<?, ?> drivers = section(values, "drivers");
        if (!"ClientConfig".equals(values.get("kind"))) {
            throw new IOException(file + ": kind: " + values.get("kind") + " (expected: ClientConfig)");
        }
        String endpoint = text(values, "endpoint", "endpoint", missing);
        String token = text(values, "token", "token", missing);
        String namespace = text(metadata, "namespace", "metadata.namespace", missing);
        String name = text(metadata, "name", "metadata.name", missing);
        if (!missing.isEmpty()) {
            throw new IOException(file + ": " + String.join(", ", missing) + (missing.size() == 1 ? " is" : " are")
                    + " missing (the file of a client has them, see `rigbus admin create client --out`)");
        }
        check(file + ": endpoint", endpoint);
        boolean all = Boolean.TRUE.equals(drivers.get("unsafe"));
        List<String> allowed = new ArrayList<>();
        if (drivers.get("allow") instanceof List<?> list) {
            list.forEach(each -> allowed.add(String.valueOf(each)));
        }
        return new LabAccess(
                endpoint,
                namespace,
                name,
                token,
                authority(file, tls.get("ca")),
                serverName(section(values, "grpcOptions")),
                all ? "UNSAFE" : String.join(",", allowed));
    }

    private static void check(String where, String endpoint) throws IOException {
        try {
            ExporterAddress.parseAll(endpoint);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + ": " + endpoint + ": " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> section(Map<?, ?> values, String key) {
        return values.get(key) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static @Nullable String serverName(Map<?, ?> options) {
        Object name = options.get("grpc.ssl_target_name_override");
        return name == null ? null : name.toString();
    }

    private static String text(Map<?, ?> values, String key, String path, List<String> missing) {
        Object value = values.get(key);
        if (value == null || value.toString().isBlank()) {
            missing.add(path);
            return "";
        }
        return value.toString();
    }

    private static @Nullable String authority(Path file, @Nullable Object text) throws IOException {
        if (text == null || text.toString().isBlank()) {
            return null;
        }
        try {
            return new String(Base64.getMimeDecoder().decode(text.toString()), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": tls.ca: is no base64 (expected: that of certificates in PEM)", e);
        }
    }

    /**
     * Connects to a node of the lab.
     *
     * @throws IOException with a text for people: nobody there, not trusted
     */
    public LabClient connect() throws IOException {
        Map<String, String> metadata = new HashMap<>();
        metadata.put("authorization", "Bearer " + token);
        metadata.put("jumpstarter-kind", "Client");
        metadata.put("jumpstarter-namespace", namespace);
        metadata.put("jumpstarter-name", name);
        ClientOptions options = authority == null ? ClientOptions.secure() : ClientOptions.trusting(authority);
        return LabClient.connect(
                ExporterAddress.parseAll(endpoint),
                serverName == null ? options : options.withServerName(serverName),
                metadata);
    }

    /** The token stays out of logs. */
    @Override
    public String toString() {
        return "LabAccess[" + namespace + "/" + name + " at " + endpoint + "]";
    }
}
