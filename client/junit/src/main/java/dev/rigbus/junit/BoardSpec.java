package dev.rigbus.junit;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterAddress;
import dev.rigbus.client.lease.LabAccess;
import dev.rigbus.client.lease.LeaseRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Which board, after all that has a say in it. Those that are equal are shared.
 *
 * @param address absent for one that is leased
 */
record BoardSpec(
        @Nullable String address,
        boolean insecure,
        String selector,
        String exporter,
        Duration duration,
        Duration patience) {
    static BoardSpec of(Board board, Map<String, String> environment, Properties properties) {
        String shell = environment.get("JUMPSTARTER_HOST");
        String wanted = properties.getProperty("rigbus.address");
        String address = wanted != null ? wanted : shell != null ? shell : emptyToNull(board.address());
        boolean insecure = wanted != null || shell == null
                ? Boolean.parseBoolean(properties.getProperty("rigbus.insecure", String.valueOf(board.insecure())))
                : !ClientOptions.ofEnvironment(environment).tls();
        return new BoardSpec(
                address,
                insecure,
                properties.getProperty("rigbus.selector", board.selector()),
                properties.getProperty("rigbus.exporter", board.exporter()),
                Duration.parse(board.duration()),
                Duration.parse(board.patience()));
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    ExporterAddress direct() {
        return ExporterAddress.parse(String.valueOf(address));
    }

    ClientOptions options(Map<String, String> environment) {
        ClientOptions given = ClientOptions.ofEnvironment(environment);
        return new ClientOptions(!insecure, given.roots(), null, null, given.passphrase(), given.timeout());
    }

    LabAccess access(Map<String, String> environment, Properties properties) throws IOException {
        String file = properties.getProperty("rigbus.client-config");
        return file == null ? LabAccess.usual(environment) : LabAccess.read(Path.of(file));
    }

    LeaseRequest request() {
        return new LeaseRequest(emptyToNull(selector), emptyToNull(exporter), duration, patience, true, reason -> {});
    }

    @Override
    public String toString() {
        return address != null
                ? "the exporter at " + address
                : exporter.isEmpty() ? "a board with " + selector : "exporter " + exporter;
    }
}
