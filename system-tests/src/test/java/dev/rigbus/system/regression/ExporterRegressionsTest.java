package dev.rigbus.system.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.RawStream;
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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExporterRegressionsTest {
    private static final long SECONDS = 30;
    private static final Listener ANYWHERE = new Listener("127.0.0.1", 0, null, null);

    /** The whole of it by {@code -Drigbus.R24=10000}; in every run a part. */
    private static final int SHORT_CONNECTIONS = Integer.getInteger("rigbus.R24", 300);

    private final Vertx vertx = Vertx.vertx();
    private final List<Exporter> exporters = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (Exporter exporter : exporters) {
            await(exporter.stop());
        }
        await(vertx.close());
    }

    private Exporter start(Listener listener, Map<String, NodeSpec> export) throws Exception {
        List<DriverType<?>> types = new ArrayList<>();
        ServiceLoader.load(DriverProvider.class).forEach(provider -> types.addAll(provider.types()));
        Exporter exporter = await(Exporter.start(
                vertx, new ExporterSpec("rig", null, export, null, null), DriverCatalog.of(types), listener));
        exporters.add(exporter);
        return exporter;
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    }

    private static NodeSpec driver(String name, String type, Map<String, ?> config) {
        return new NodeSpec.DriverSpec("export." + name, type, config, null, Map.of(), Map.of());
    }

    private static ExporterClient connect(Exporter exporter) throws IOException {
        return ExporterClient.connect("127.0.0.1:" + exporter.port(), ClientOptions.plaintext());
    }

    @Test
    void R24_theLastBytesBeforeACloseArrive() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread device = new Thread(() -> sayGoodbye(server));
            device.setDaemon(true);
            device.start();
            Map<String, ?> config = Map.of("host", "127.0.0.1", "port", server.getLocalPort());
            Exporter exporter = start(
                    ANYWHERE, Map.of("tcp", driver("tcp", "jumpstarter_driver_network.driver.TcpNetwork", config)));
            try (ExporterClient client = connect(exporter)) {
                for (int i = 0; i < SHORT_CONNECTIONS; i++) {
                    try (RawStream stream = client.driver("tcp").stream("connect")) {
                        assertThat(new String(stream.input().readAllBytes(), StandardCharsets.US_ASCII))
                                .isEqualTo(words(i));
                    }
                }
            }
        }
    }

    private static String words(int number) {
        return ("goodbye " + number + "\n").repeat(1 + number % 100);
    }

    private static void sayGoodbye(ServerSocket server) {
        try {
            for (int i = 0; i < SHORT_CONNECTIONS; i++) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(words(i).getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // The test is over and says what it missed.
        }
    }

    @Test
    void R46_aPortThatIsTakenIsRefusedWithAClearMessage() throws Exception {
        Map<String, NodeSpec> export =
                Map.of("power", driver("power", "jumpstarter_driver_power.driver.MockPower", Map.of()));
        Exporter first = start(ANYWHERE, export);
        Listener same = new Listener("127.0.0.1", first.port(), null, null);

        assertThatThrownBy(() -> start(same, export))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + first.port() + " is in use by another process");

        try (ExporterClient client = connect(first)) {
            client.driver("power").call("on");
        }
    }

    @Test
    void R78_ofAHundredBoardsWithOneThatHangsNinetyNineGoOn() throws Exception {
        Map<String, NodeSpec> export = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            export.put("board" + i, driver("board" + i, "rigbus.testing.Probe", Map.of("group", "r78-" + i)));
        }
        Exporter exporter = start(ANYWHERE, export);
        try (ExporterClient client = connect(exporter)) {
            DriverNode hung = client.driver("board0");
            CompletableFuture<Object> stuck = CompletableFuture.supplyAsync(() -> String.valueOf(hung.call("stuck")));
            for (int i = 1; i < 100; i++) {
                assertThat(client.driver("board" + i).call("typed_int", i)).isEqualTo(String.valueOf(i));
            }
            assertThat(stuck).isNotDone();
            while (!stuck.isDone()) {
                // The call may only now be on its way; a release that comes too early releases nobody.
                hung.call("release");
            }
            assertThat(stuck.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("released");
        }
    }
}
