package dev.rigbus.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.PowerClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code rigbus train}: does once what an exporter does all day, so that the JVM can remember which classes that takes. */
final class Train implements Command {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "train";
    }

    @Override
    public String summary() {
        return ""; // the launcher's business
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        Path copy = Files.createTempFile("rigbus-train", ".yaml");
        try (InputStream yaml = Train.class.getResourceAsStream("train.yaml")) {
            Files.copy(Objects.requireNonNull(yaml), copy, StandardCopyOption.REPLACE_EXISTING);
            serve(ExporterFile.read(copy, Map.of()));
        } finally {
            Files.delete(copy);
        }
        return ExitCode.OK;
    }

    private static void serve(ExporterFile file) throws Exception {
        Listener listener = new Listener("127.0.0.1", 0, null, null);
        Vertx vertx = ExporterProcess.vertx();
        try {
            Exporter exporter = await(Exporter.start(vertx, file.spec(), DriverTypes.load(), listener));
            use("127.0.0.1:" + exporter.port());
            await(exporter.stop());
        } finally {
            await(vertx.close());
        }
    }

    private static void use(String address) throws IOException, TimeoutException {
        try (ExporterClient client = ExporterClient.connect(address, ClientOptions.plaintext())) {
            client.status();
            for (String power : new String[] {"board.power", "board.slow", "plug"}) {
                PowerClient plug = new PowerClient(client.driver(power));
                plug.on();
                try (PowerClient.Readings readings = plug.read()) {
                    readings.forEachRemaining(reading -> {});
                }
            }
            try (RawStream echo = client.driver("board.echo").stream("connect")) {
                echo.send("hello".getBytes(UTF_8));
                echo.receive(LIMIT);
            }
        }
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
