package dev.rigbus.app.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.wire.lab.Credentials;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Credentials as the files that stock clients, stock exporters, this command and kubectl's kin read. */
public final class Configurations {
    private static final Dump YAML = new Dump(DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setWidth(Integer.MAX_VALUE)
            .setSplitLines(false)
            .build());

    private Configurations() {}

    /** @param allow names of the driver clients that may be loaded, as patterns; {@code UNSAFE} for any */
    public static String client(Credentials credentials, List<String> allow) {
        Map<String, Object> file = head("jumpstarter.dev/v1alpha1", "ClientConfig", credentials);
        boolean unsafe = allow.contains("UNSAFE");
        Map<String, Object> drivers = new LinkedHashMap<>();
        drivers.put("allow", unsafe ? List.of() : allow);
        drivers.put("unsafe", unsafe);
        file.put("drivers", drivers);
        return "# Let jmp use it: put it into ~/.config/jumpstarter/clients, or name it with --client-config.\n"
                + text(file);
    }

    public static String exporter(Credentials credentials) {
        return "# Run it with: jmp run --exporter-config FILE\n"
                + text(head("jumpstarter.dev/v1alpha1", "ExporterConfig", credentials))
                + "# What the exporter offers: a name for each driver, its type and what it needs to know, such as\n"
                + "#   power: {type: jumpstarter_driver_power.driver.MockPower}\n"
                + "export: {}\n";
    }

    public static String admin(Credentials credentials) {
        Map<String, Object> file = head("rigbus.dev/v1", "AdminConfig", credentials);
        return "# Name it with: rigbus admin --admin-config FILE\n" + text(file);
    }

    private static Map<String, Object> head(String version, String kind, Credentials credentials) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (!credentials.getNamespace().isEmpty()) {
            metadata.put("namespace", credentials.getNamespace());
        }
        metadata.put("name", credentials.getName());
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("apiVersion", version);
        file.put("kind", kind);
        file.put("metadata", metadata);
        file.put("endpoint", credentials.getEndpoint());
        file.put("token", credentials.getToken());
        file.put("tls", Map.of("ca", base64(credentials.getAuthority())));
        return file;
    }

    /** For what speaks to Kubernetes, of which a node understands as much as {@code jmp admin} needs. */
    public static String kubeconfig(Credentials credentials, String namespace) {
        Map<String, Object> cluster = new LinkedHashMap<>();
        cluster.put("server", "https://" + credentials.getEndpoint());
        cluster.put("certificate-authority-data", base64(credentials.getAuthority()));
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("cluster", "rigbus");
        context.put("user", credentials.getName());
        context.put("namespace", namespace);
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("apiVersion", "v1");
        file.put("kind", "Config");
        file.put("clusters", List.of(named("rigbus", "cluster", cluster)));
        file.put("users", List.of(named(credentials.getName(), "user", Map.of("token", credentials.getToken()))));
        file.put("contexts", List.of(named("rigbus", "context", context)));
        file.put("current-context", "rigbus");
        return text(file);
    }

    private static Map<String, Object> named(String name, String key, Object value) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put(key, value);
        return entry;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    static String text(Object value) {
        return YAML.dumpToString(value);
    }
}
