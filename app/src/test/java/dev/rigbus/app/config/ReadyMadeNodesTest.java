package dev.rigbus.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.tree.DriverCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The configurations that come ready-made say what they are meant to. */
class ReadyMadeNodesTest {
    private static final DriverCatalog NOTHING = DriverCatalog.of(List.of());

    private static final Path FOLDER = Path.of("..", "cluster-config", "deploy");

    @ParameterizedTest
    @ValueSource(strings = {"one-host.yaml", "three-hosts.yaml"})
    void aNodeStartsWithThem(String file) {
        NodeFile read = NodeFile.read(FOLDER.resolve(file), Map.of());
        assertThat(read.check(NOTHING)).isEmpty();
        assertThat(read.config().listen()).isEqualTo(new HostPort("0.0.0.0", NodeConfig.PORT));
    }

    @Test
    void theHostsOfALabKnowEachOther() {
        NodeConfig config =
                NodeFile.read(FOLDER.resolve("three-hosts.yaml"), Map.of()).config();
        assertThat(config.join()).hasSize(3).contains(config.advertise());
        assertThat(config.beacon()).isNotNull();
    }

    @Test
    void theContainersRunAsNodesOfOneLab() throws IOException {
        Map<?, ?> services = (Map<?, ?>) load("compose.yaml").get(0).get("services");
        assertThat(services).hasSize(3);
        services.forEach((name, service) -> {
            List<Object> command = List.copyOf((List<?>) ((Map<?, ?>) service).get("command"));
            assertThat(command).contains("up", "--name", name, name + ":" + NodeConfig.PORT);
        });
    }

    @Test
    void theStatefulSetIsServedByItsService() throws IOException {
        List<Map<?, ?>> all = load("kubernetes.yaml");
        assertThat(all).extracting(each -> each.get("kind").toString()).containsExactly("Service", "StatefulSet");
        Map<?, ?> spec = (Map<?, ?>) all.get(1).get("spec");
        assertThat(spec.get("serviceName")).isEqualTo(((Map<?, ?>) all.get(0).get("metadata")).get("name"));
        assertThat(spec.get("replicas")).isEqualTo(3);
    }

    private static List<Map<?, ?>> load(String file) throws IOException {
        LoadSettings settings = LoadSettings.builder().build();
        List<Map<?, ?>> documents = new ArrayList<>();
        for (Object document : new Load(settings).loadAllFromString(Files.readString(FOLDER.resolve(file)))) {
            documents.add((Map<?, ?>) document);
        }
        return documents;
    }
}
