package dev.rigbus.system.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
    private static final Path PAGE = Path.of("../docs/writing-a-driver.md");
    private static final Path SOURCE = Path.of("src/test/java/dev/rigbus/system/examples/LampPower.java");

    @TempDir
    private Path folder;

    @Test
    void theDriverThatThePageShowsIsTheOneThatRunsHereAndIsShort() throws IOException {
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        String source = Files.readString(SOURCE);
        String shown = source.substring(source.indexOf("record LampPower"));
        assertThat(block.group(1)).isEqualTo(shown);
        assertThat(shown.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void theExampleSwitches() throws Exception {
        DriverType<?> type = DriverType.of("example.LampPower", LampPower::read, (lamp, context) -> lamp);
        Path file = folder.resolve("lamp");
        NodeSpec lamp = new NodeSpec.DriverSpec(
                "export.lamp", "example.LampPower", Map.of("file", file.toString()), null, Map.of(), Map.of());
        ExporterSpec spec = new ExporterSpec("lamps", null, Map.of("lamp", lamp), null, null);
        Vertx vertx = Vertx.vertx();
        Exporter exporter = await(
                Exporter.start(vertx, spec, DriverCatalog.of(List.of(type)), new Listener("127.0.0.1", 0, null, null)));
        try (ExporterClient client =
                ExporterClient.connect("127.0.0.1:" + exporter.port(), ClientOptions.plaintext())) {
            client.driver("lamp").call("on");
            assertThat(file).hasContent("1");
            client.driver("lamp").call("off");
            assertThat(file).hasContent("0");
        } finally {
            await(exporter.stop());
            await(vertx.close());
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
