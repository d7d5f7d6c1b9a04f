package dev.rigbus.system.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.client.CallException;
import dev.rigbus.client.ClientOptions;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.ItemStream;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.Console;
import dev.rigbus.client.typed.FlasherClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An exporter in a process of its own, which is killed while the client is in the middle of something. */
@Timeout(60)
class KilledExporterTest {
    private static final String CONFIG = """
            apiVersion: jumpstarter.dev/v1alpha1
            kind: ExporterConfig
            metadata: {name: victim, namespace: default}
            export:
              power: {type: jumpstarter_driver_power.driver.MockPower}
              nap: {type: Nap}
              echo: {type: jumpstarter_driver_network.driver.EchoNetwork}
              flasher: {type: jumpstarter_driver_opendal.driver.MockFlasher}
              shell:
                type: jumpstarter_driver_shell.driver.Shell
                config: {methods: {wait: "echo begun; exec sleep 600"}}
            """;

    private static final String NAP = """
            import dev.rigbus.driver.*;
            public final class Nap implements Driver {
                public String client() { return "example.Nap"; }
                @Export public void nap() throws InterruptedException { Thread.sleep(600_000); }
            }
            """;

    @TempDir
    Path room;

    private long socketsBefore;

    private Process exporter;
    private ExporterClient client;

    @BeforeEach
    void start() throws Exception {
        Path config = Files.writeString(room.resolve("exporter.yaml"), CONFIG);
        Path drivers = Files.createDirectory(room.resolve("drivers"));
        Files.writeString(drivers.resolve("Nap.java"), NAP);
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        // After the first socket was closed, as the JDK keeps one for closing others.
        socketsBefore = sockets();
        List<String> command = new ArrayList<>(DriverProcess.command());
        command.set(command.size() - 1, "dev.rigbus.app.Main");
        command.add(1, "-Djava.io.tmpdir=" + room);
        command.addAll(List.of("run", "--exporter-config", config.toString(), "--drivers", drivers.toString()));
        command.addAll(List.of("--tls-grpc-listener", "127.0.0.1:" + port, "--tls-grpc-insecure"));
        exporter = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said = exporter.inputReader(UTF_8);
        String line = said.readLine();
        while (line != null && !line.startsWith("ready:")) {
            line = said.readLine();
        }
        assertThat(line).isNotNull();
        client = ExporterClient.connect("127.0.0.1:" + port, ClientOptions.plaintext());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        exporter.destroyForcibly().waitFor();
        client.close();
        await("threads", Set.of(), KilledExporterTest::threads);
        await("sockets", socketsBefore, KilledExporterTest::sockets);
    }

    private static <T> void await(String what, T wanted, Callable<T> now) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!now.call().equals(wanted) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(now.call()).as(what).isEqualTo(wanted);
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(KilledExporterTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // that of the listing itself
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("rigbus-"))
                .collect(Collectors.toSet());
    }

    private void kill() {
        exporter.destroyForcibly();
    }

    @Test
    void aCallFails() throws Exception {
        Future<?> napping =
                client.async().driver("nap").call("nap").toCompletionStage().toCompletableFuture();
        // The driver is at it when it has a thread of its own for that.
        client.driver("power").call("on");
        assertThat(napping).isNotDone();
        kill();
        assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                .isThrownBy(() -> napping.get(40, TimeUnit.SECONDS))
                .havingCause()
                .withMessageContaining("UNAVAILABLE");
    }

    @Test
    void aStreamingCallEnds() {
        try (ItemStream items = client.driver("shell").streamingCall("call_method", "wait", java.util.Map.of())) {
            assertThat(items.hasNext()).isTrue();
            items.next();
            kill();
            assertThatExceptionOfType(CallException.Unavailable.class)
                    .isThrownBy(items::hasNext)
                    .satisfies(e -> assertThat(e.advice()).startsWith("connect again"));
        }
        assertThatExceptionOfType(CallException.Unavailable.class)
                .isThrownBy(() -> client.driver("power").call("on"));
    }

    @Test
    void aStreamAndAConsoleBreakOff() throws Exception {
        try (RawStream stream = client.driver("echo").stream("connect");
                Console console = new Console(client.driver("echo").stream("connect"))) {
            stream.send("there".getBytes(UTF_8));
            assertThat(stream.receive(Duration.ofSeconds(10))).isEqualTo("there".getBytes(UTF_8));
            console.send("login");
            console.expect("login", Duration.ofSeconds(10));
            kill();
            assertThatIOException()
                    .isThrownBy(() -> stream.receive(Duration.ofSeconds(40)))
                    .withMessageStartingWith("the stream broke off: UNAVAILABLE");
            assertThatIOException().isThrownBy(() -> console.expect("never", Duration.ofSeconds(40)));
        }
    }

    @Test
    void aFlashFails() throws Exception {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        InputStream endless = new InputStream() {
            private long read;

            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                read += length;
                if (read > 8 << 20) {
                    begun.complete(null);
                }
                return length;
            }
        };
        CompletableFuture<Void> flashed = CompletableFuture.runAsync(() -> {
            try {
                client.driver("flasher").as(FlasherClient.class).flash(Upload.of(endless));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        begun.get(20, TimeUnit.SECONDS);
        kill();
        assertThatExceptionOfType(java.util.concurrent.ExecutionException.class)
                .isThrownBy(() -> flashed.get(40, TimeUnit.SECONDS))
                .withCauseInstanceOf(CallException.Unavailable.class);
    }
}
