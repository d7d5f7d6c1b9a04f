package dev.rigbus.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.tree.DriverCatalog;
import dev.rigbus.kernel.tree.ExporterSpec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the demo fails; that it works is tested from outside. */
class StoryTest {
    private final StringWriter out = new StringWriter();
    private final Narrator narrator = new Narrator(new PrintWriter(out), false, false);

    @TempDir
    private Path room;

    @Test
    void withoutAnExporterItSaysWhichStepFailedAndWhy() throws IOException {
        String address = freeAddress();
        assertThatExceptionOfType(StoryException.class)
                .isThrownBy(() -> new Story(address, narrator, Map.of()).tell())
                .withMessageStartingWith("Connect to the exporter")
                .withMessageContaining("no exporter at " + address)
                .withMessageContaining("refused");
    }

    @Test
    void withoutTheBoardItSaysSo() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            ExporterSpec empty = new ExporterSpec("empty", null, Map.of(), null, null);
            Exporter exporter = await(Exporter.start(
                    vertx, empty, DriverCatalog.of(List.of()), new Listener("127.0.0.1", 0, null, null)));
            assertThatExceptionOfType(StoryException.class)
                    .isThrownBy(() -> new Story("127.0.0.1:" + exporter.port(), narrator, Map.of()).tell())
                    .withMessageEndingWith("the exporter has no driver board (there: none)");
            await(exporter.stop());
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void consoleOutputIsShownByLine() {
        narrator.console("boot\r\nlog");
        narrator.console("in: ");
        narrator.endConsole();
        assertThat(out).hasToString("   | boot\n   | login: \n");
    }

    @Test
    void theStockClientIsTheFirstOnThePath() throws IOException {
        Path later = Files.createDirectory(room.resolve("later"));
        Path folder = Files.createDirectories(room.resolve("folder/jmp")).getParent();
        for (Path each : List.of(room, later)) {
            Files.createFile(each.resolve("jmp"));
            assertThat(each.resolve("jmp").toFile().setExecutable(each.equals(later)))
                    .isTrue();
        }
        Map<String, String> environment = Map.of("PATH", folder + "::" + room + ":" + later);
        assertThat(StockClient.find(environment)).contains(new StockClient(later.resolve("jmp")));
        assertThat(StockClient.find(Map.of())).isEmpty();
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
