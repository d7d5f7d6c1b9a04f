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
 * A file that says how to reach a lab as its administrator.
 *
 * @param endpoint as {@code host:port}
 * @param authority whom to trust, in PEM; absent for those that the JDK trusts
 */
public record AdminFile(
        String name,
        String endpoint,
        String token,
        @Nullable String authority) {
    private static final String VERSION = "rigbus.dev/v1";
    private static final String KIND = "AdminConfig";

    public static AdminFile read(Path file) throws ConfigException {
        YamlFile yaml = YamlFile.read(file);
        List<Fault> faults = new ArrayList<>(yaml.faults());
        Settings settings = Settings.of("", yaml.values());
        AdminFile result = read(settings);
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

    private static AdminFile read(Settings file) {
        file.oneOf("apiVersion", VERSION, VERSION);
        file.oneOf("kind", KIND, KIND);
        return new AdminFile(
                file.section("metadata").string("name"),
                file.string("endpoint"),
                file.string("token"),
                authority(file.section("tls")));
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
        return "AdminFile[" + name + " at " + endpoint + "]";
    }
}
