package dev.rigbus.app.config;

import dev.rigbus.app.config.NodeConfig.Authentication;
import dev.rigbus.app.config.NodeConfig.Beacon;
import dev.rigbus.app.config.NodeConfig.Database;
import dev.rigbus.app.config.NodeConfig.Issuer;
import dev.rigbus.app.config.NodeConfig.LeasePolicy;
import dev.rigbus.app.config.NodeConfig.Tls;
import dev.rigbus.driver.Settings;
import dev.rigbus.kernel.bundle.BundleManifest;
import dev.rigbus.kernel.bundle.BundlePolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what Rigbus calls a Node. Whoever calls checks the settings afterwards, those of lists too. */
final class NodeReader {
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);
    private static final String BEACON_GROUP = "239.255.82.66";
    private static final int BEACON_PORT = 8083;
    private static final int MOST_LOOPS = 256;
    private static final String DATABASE = "jdbc:postgresql:";

    private final Path folder;
    private final BoardReader boards;
    private final List<Settings> parts = new ArrayList<>();

    /** @param folder what paths are relative to */
    NodeReader(Path folder, BoardReader boards) {
        this.folder = folder;
        this.boards = boards;
    }

    /** The parts of lists that were read, each of which is checked by itself. */
    List<Settings> parts() {
        return parts;
    }

    NodeConfig read(Settings file) {
        file.oneOf("apiVersion", "rigbus.dev/v1", "rigbus.dev/v1");
        file.oneOf("kind", "Node", "Node");
        String namespace = file.string("namespace", "default");
        HostPort listen = or(address(file, "listen", "0.0.0.0", NodeConfig.PORT), NodeConfig.PORT);
        return new NodeConfig(
                file.optionalString("name"),
                file.stringMap("labels"),
                listen,
                address(file, "advertise", "", listen.port()),
                path(file, "data"),
                namespace,
                addresses(file, "join"),
                readable(file, "joinTokenFile"),
                beacon(file),
                tls(file),
                database(file),
                boards.read(file, namespace),
                authentication(file.section("authentication")),
                leasePolicy(file.section("leasePolicy")),
                file.strings("hiddenLabels", List.of()),
                file.stringMap("deprecatedLabels"),
                address(file.section("metrics"), "listen", "127.0.0.1", 0),
                path(file, "drivers"),
                bundles(file.section("bundles")),
                file.has("eventLoops") ? (Integer) file.integer("eventLoops", 1, MOST_LOOPS) : null);
    }

    private BundlePolicy bundles(Settings settings) {
        List<String> rights = settings.strings("rights", BundlePolicy.USUAL.rights());
        for (String right : rights) {
            if (!BundleManifest.RIGHTS.contains(right)) {
                settings.problem("rights", right + " (expected: of " + String.join(", ", BundleManifest.RIGHTS) + ")");
            }
        }
        Path file = readable(settings, "signers");
        return new BundlePolicy(
                rights, file == null || !Files.isRegularFile(file) ? List.of() : signers(settings, file));
    }

    private static List<X509Certificate> signers(Settings settings, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (all.isEmpty()) {
                settings.problem("signers", file + " has no certificate in it");
            }
            return all;
        } catch (IOException | CertificateException e) {
            settings.problem("signers", file + " cannot be read as certificates (expected: PEM)");
            return List.of();
        }
    }

    private static HostPort or(@Nullable HostPort address, int port) {
        return address == null ? new HostPort("0.0.0.0", port) : address;
    }

    private static @Nullable HostPort address(Settings settings, String key, String host, int port) {
        Object value = settings.raw(key);
        // A port alone is a number in YAML.
        String text = value instanceof Integer number ? number.toString() : settings.optionalString(key);
        if (text == null) {
            return null;
        }
        HostPort address = HostPort.parse(text, host, port);
        if (address == null || address.host().isEmpty()) {
            settings.problem(key, "\"" + text + "\" (expected: " + (host.isEmpty() ? "HOST:PORT)" : "[HOST:]PORT)"));
            return null;
        }
        return address;
    }

    private static List<HostPort> addresses(Settings settings, String key) {
        List<HostPort> all = new ArrayList<>();
        List<String> texts = settings.strings(key, List.of());
        for (int i = 0; i < texts.size(); i++) {
            HostPort address = HostPort.parse(texts.get(i), "", NodeConfig.PORT);
            if (address == null || address.host().isEmpty() || address.port() == 0) {
                settings.problem(key + "[" + i + "]", "\"" + texts.get(i) + "\" (expected: HOST or HOST:PORT)");
            } else {
                all.add(address);
            }
        }
        return all;
    }

    private @Nullable Path path(Settings settings, String key) {
        Path path = settings.optionalPath(key);
        return path == null ? null : folder.resolve(path);
    }

    private @Nullable Path readable(Settings settings, String key) {
        Path path = path(settings, key);
        if (path != null && !Files.isRegularFile(path)) {
            settings.problem(key, path + (Files.exists(path) ? " is no file" : ": no such file"));
        } else if (path != null && !Files.isReadable(path)) {
            settings.problem(key, path + " may not be read (permission denied)");
        }
        return path;
    }

    private static @Nullable Beacon beacon(Settings file) {
        Object value = file.raw("beacon");
        if (value == null || Boolean.FALSE.equals(value)) {
            return null;
        }
        if (Boolean.TRUE.equals(value)) {
            return new Beacon(BEACON_GROUP, BEACON_PORT, null);
        }
        if (!(value instanceof Map)) {
            file.problem("beacon", value + " (expected: true, false, or a map with group, port and interface)");
            return null;
        }
        Settings beacon = file.section("beacon");
        return new Beacon(
                beacon.string("group", BEACON_GROUP),
                beacon.integer("port", BEACON_PORT, 1, 65535),
                beacon.optionalString("interface"));
    }

    private @Nullable Tls tls(Settings file) {
        Settings tls = file.section("tls");
        Path certificate = readable(tls, "certificate");
        Path key = readable(tls, "key");
        if (certificate != null && key != null) {
            return new Tls(certificate, key);
        }
        if (certificate != null || key != null) {
            tls.problem(
                    certificate == null ? "certificate" : "key", "is missing (certificate and key belong together)");
        }
        return null;
    }

    private @Nullable Database database(Settings file) {
        if (!file.has("database")) {
            return null;
        }
        Settings database = file.section("database");
        String url = database.string("url");
        if (!url.isEmpty() && !url.startsWith(DATABASE)) {
            database.problem("url", "\"" + url + "\" (expected: " + DATABASE + "//HOST[:PORT]/DATABASE)");
        }
        return new Database(url, database.optionalString("user"), readable(database, "passwordFile"));
    }

    private Authentication authentication(Settings settings) {
        Duration life = positive(settings.section("internal"), "tokenLifetime", TOKEN_LIFE);
        boolean provisioning = settings.section("autoProvisioning").bool("enabled", false);
        List<Issuer> issuers = new ArrayList<>();
        for (Settings each : maps(settings, "jwt", "authentication.jwt")) {
            issuers.add(issuer(each));
        }
        return new Authentication(life, issuers, provisioning);
    }

    private Issuer issuer(Settings settings) {
        Settings issuer = settings.section("issuer");
        issuer.oneOf("audienceMatchPolicy", "MatchAny", "MatchAny");
        List<String> audiences = issuer.strings("audiences", List.of());
        if (audiences.isEmpty()) {
            issuer.problem("audiences", "is missing (expected: for whom tokens are made, such as jumpstarter-cli)");
        }
        Settings username = settings.section("claimMappings").section("username");
        String claim = username.string("claim", "sub");
        return new Issuer(
                issuer.uri("url", "https").toString(),
                audiences,
                authority(issuer),
                claim,
                username.string("prefix", ""));
    }

    /** The PEM itself, or the file it is in. */
    private @Nullable String authority(Settings issuer) {
        String given = issuer.optionalString("certificateAuthority");
        if (given == null || given.contains("-----BEGIN")) {
            return given;
        }
        Path file = readable(issuer, "certificateAuthority");
        try {
            return file == null || !Files.isRegularFile(file) ? null : Files.readString(file);
        } catch (IOException e) {
            issuer.problem("certificateAuthority", file + ": cannot be read as text");
            return null;
        }
    }

    private static LeasePolicy leasePolicy(Settings settings) {
        return new LeasePolicy(
                settings.integer("maxTags", 10, 0, 1000),
                optional(settings, "unusedAfter", null),
                optional(settings, "abandonedAfter", Duration.ofHours(1)),
                settings.duration("grace", Duration.ofMinutes(10)),
                positive(settings, "retention", Duration.ofDays(30)));
    }

    /** A duration, or {@code never}. */
    private static @Nullable Duration optional(Settings settings, String key, @Nullable Duration otherwise) {
        if ("never".equals(settings.raw(key))) {
            return null;
        }
        return settings.has(key) ? positive(settings, key, Duration.ofHours(1)) : otherwise;
    }

    private static Duration positive(Settings settings, String key, Duration otherwise) {
        Duration duration = settings.duration(key, otherwise);
        if (duration.isZero()) {
            settings.problem(key, "0 (expected: more than that)");
            return otherwise;
        }
        return duration;
    }

    /** The maps of a list; other things in it are noted as problems. */
    private List<Settings> maps(Settings settings, String key, String path) {
        Object value = settings.raw(key);
        if (value != null && !(value instanceof List)) {
            settings.problem(key, value + " (expected: a list)");
        }
        List<Settings> all = new ArrayList<>();
        List<?> list = value instanceof List<?> given ? given : List.of();
        for (int i = 0; i < list.size(); i++) {
            Settings part = part(list.get(i), path + "[" + i + "]");
            if (part == null) {
                settings.problem(key + "[" + i + "]", list.get(i) + " (expected: a map)");
            } else {
                all.add(part);
            }
        }
        return all;
    }

    @SuppressWarnings("unchecked") // YamlValues makes no other maps
    private @Nullable Settings part(@Nullable Object value, String path) {
        if (!(value instanceof Map)) {
            return null;
        }
        Settings part = Settings.of(path, (Map<String, ?>) value);
        parts.add(part);
        return part;
    }
}
