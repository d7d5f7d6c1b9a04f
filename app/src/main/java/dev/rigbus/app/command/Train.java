package dev.rigbus.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.typed.PowerClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code rigbus train}: does for some seconds what an exporter does all day, so that the JVM can remember which classes that takes and,
 * where it can, which methods are worth compiling.
 */
final class Train implements Command {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** A JVM that keeps classes alone learns nothing from the second session. */
    private static final int SESSIONS = Runtime.version().feature() < 25 ? 1 : 300;

    private static final int CALLS = 10;

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
        Path file = Files.createTempFile("rigbus-train", ".yaml");
        try (InputStream yaml = Train.class.getResourceAsStream("train.yaml");
                ServerSocket device = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String text = new String(Objects.requireNonNull(yaml).readAllBytes(), UTF_8);
            Files.writeString(file, text.replace("DEVICE_PORT", Integer.toString(device.getLocalPort())));
            Thread echo = new Thread(() -> echo(device), "device");
            echo.setDaemon(true);
            echo.start();
            return serve(file, console);
        } finally {
            Files.delete(file);
        }
    }

    /** Goes the whole way of {@code rigbus run}, to the signal that ends it. */
    private static ExitCode serve(Path file, Console console) throws Exception {
        String address = "127.0.0.1:" + freePort();
        PipedReader ready = new PipedReader();
        Console piped = new Console(new PrintWriter(new PipedWriter(ready), true), console.err());
        CompletableFuture<ExitCode> served = new CompletableFuture<>();
        Thread exporter = new Thread(
                () -> {
                    String[] line = {
                        "run",
                        "--exporter-config",
                        file.toString(),
                        "--tls-grpc-listener",
                        address,
                        "--tls-grpc-insecure"
                    };
                    served.complete(Rigbus.execute(piped, line));
                    piped.out().close();
                },
                "exporter");
        exporter.start();
        if (new BufferedReader(ready).readLine() != null) {
            use(address);
            StopSignals.raise();
        }
        return served.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** The device behind the network driver: says what it hears. */
    private static void echo(ServerSocket device) {
        while (!device.isClosed()) {
            try (Socket peer = device.accept()) {
                peer.getInputStream().transferTo(peer.getOutputStream());
            } catch (IOException e) {
                // The other side went away, or all is over.
            }
        }
    }

    private static void use(String address) throws IOException, TimeoutException {
        long end = System.nanoTime() + LIMIT.toNanos() / 4;
        for (int i = 0; i < SESSIONS && System.nanoTime() < end; i++) {
            session(address);
        }
    }

    private static void session(String address) throws IOException, TimeoutException {
        try (ExporterClient client = ExporterClient.connect(address, ClientOptions.plaintext())) {
            client.status();
            for (String power : new String[] {"board.power", "board.slow", "plug"}) {
                PowerClient plug = new PowerClient(client.driver(power));
                for (int i = 0; i < CALLS; i++) {
                    plug.on();
                }
                try (PowerClient.Readings readings = plug.read()) {
                    readings.forEachRemaining(reading -> {});
                }
            }
            for (String driver : new String[] {"board.echo", "board.network"}) {
                try (RawStream echo = client.driver(driver).stream("connect")) {
                    for (int i = 0; i < CALLS; i++) {
                        echo.send("hello".getBytes(UTF_8));
                        echo.receive(LIMIT);
                    }
                }
            }
        }
    }
}
