package dev.rigbus.app.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that says how to reach a lab, and as whom: what Jumpstarter calls a ClientConfig, or an AdminConfig of Rigbus.
 *
 * @param namespace empty for an administrator
 * @param endpoint as {@code host:port}
 * @param authority whom to trust, in PEM; absent for those that the JDK trusts
 */
public record AccessFile(
        String namespace,
        String name,
        String endpoint,
        String token,
        @Nullable String authority) {
    /** Reads the configuration of a client. */
    public static AccessFile client(Path file) throws ConfigException {
        return read(file, "jumpstarter.dev/v1alpha1", "ClientConfig");
    }

    /** Reads the configuration of an administrator. */
    public static AccessFile admin(Path file) throws ConfigException {
        return read(file, "rigbus.dev/v1", "AdminConfig");
    }

    private static AccessFile read(Path file, String version, String kind) throws ConfigException {
        YamlFile yaml = YamlFile.read(file);
        List<Fault> faults = new ArrayList<>(yaml.faults());
        Settings settings = Settings.of("", yaml.values());
        AccessFile result = read(settings, version, kind);
        if (!yaml.values().isEmpty()) {
            try {
                settings.check();
            } catch (SettingsException e) {
                e.problems().stream().map(yaml::fault).forEach(faults::add);
            }
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return result;
    }

    private static AccessFile read(Settings file, String version, String kind) {
        file.oneOf("apiVersion", version, version);
        file.oneOf("kind", kind, kind);
        Settings metadata = file.section("metadata");
        Settings tls = file.section("tls");
        String namespace = "";
        if (kind.equals("ClientConfig")) {
            namespace = metadata.string("namespace");
            file.accept("alias", "path", "refresh_token", "grpcOptions", "drivers", "shell", "leases");
            tls.accept("insecure");
        }
        return new AccessFile(
                namespace, metadata.string("name"), file.string("endpoint"), file.string("token"), authority(tls));
    }

    private static @Nullable String authority(Settings tls) {
        String text = tls.optionalString("ca");
        if (text == null || text.isBlank()) {
            return null;
        }
        try {
            return new String(Base64.getMimeDecoder().decode(text), UTF_8);
        } catch (IllegalArgumentException e) {
            tls.problem("ca", "is no base64 (expected: the base64 of certificates in PEM)");
            return null;
        }
    }

    /** The token stays out of logs. */
    @Override
    public String toString() {
        return "AccessFile[" + namespace + "/" + name + " at " + endpoint + "]";
    }
}
