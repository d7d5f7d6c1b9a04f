package dev.rigbus.system.client;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import dev.rigbus.kernel.tree.NodeSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** An exporter in this process with a few drivers. */
final class Rig implements AutoCloseable {
    private static final long SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final Exporter exporter;

    Rig(Listener listener) throws Exception {
        List<DriverType<?>> types = new ArrayList<>(List.of(DriverType.of("test.Probe", Probe::new)));
        ServiceLoader.load(DriverProvider.class).forEach(provider -> types.addAll(provider.types()));
        Map<String, NodeSpec> board = new LinkedHashMap<>();
        board.put("power", node("jumpstarter_driver_power.driver.MockPower"));
        board.put("probe", node("test.Probe"));
        Map<String, NodeSpec> export = new LinkedHashMap<>();
        export.put("board", new NodeSpec.GroupSpec("export.board", "A board.", board));
        export.put("echo", node("jumpstarter_driver_network.driver.EchoNetwork"));
        export.put("flasher", node("jumpstarter_driver_opendal.driver.MockFlasher"));
        export.put("mux", node("jumpstarter_driver_opendal.driver.MockStorageMuxFlasher"));
        export.put(
                "storage",
                node("jumpstarter_driver_opendal.driver.Opendal", Map.of("scheme", "memory", "kwargs", Map.of())));
        export.put(
                "shell",
                node(
                        "jumpstarter_driver_shell.driver.Shell",
                        Map.of("methods", Map.of("greet", "echo hello $1; echo careful >&2; exit 3"))));
        exporter = await(Exporter.start(
                vertx, new ExporterSpec("rig", null, export, null, null), DriverCatalog.of(types), listener));
    }

    private static NodeSpec node(String type) {
        return node(type, Map.of());
    }

    private static NodeSpec node(String type, Map<String, ?> config) {
        return new NodeSpec.DriverSpec("export." + type, type, config, null, Map.of(), Map.of());
    }

    static Rig plaintext() throws Exception {
        return new Rig(new Listener("127.0.0.1", 0, null, null));
    }

    String address() {
        return "127.0.0.1:" + exporter.port();
    }

    ExporterClient client() throws IOException {
        return ExporterClient.connect(address(), ClientOptions.plaintext());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        await(exporter.stop());
        await(vertx.close());
    }
}
