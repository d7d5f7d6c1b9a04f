package dev.rigbus.system.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.rigbus.client.CallException;
import dev.rigbus.client.Compression;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.Upload;
import dev.rigbus.client.typed.Console;
import dev.rigbus.client.typed.ConsoleException;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.typed.SerialConsole;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private Rig rig;
    private ExporterClient client;
    private DriverNode probe;

    @BeforeAll
    void connect() throws Exception {
        rig = Rig.plaintext();
        client = rig.client();
        probe = client.driver("board.probe");
    }

    @AfterAll
    void disconnect() throws Exception {
        client.close();
        rig.close();
    }

    @Test
    void eightMegabytesComeBackWithTheirEnd() throws Exception {
        byte[] data = noise(8 << 20);
        try (RawStream stream = client.driver("echo").stream("connect")) {
            CompletableFuture<@Nullable Void> written = CompletableFuture.runAsync(() -> {
                try (var output = stream.output()) {
                    output.write(data);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(sha256(stream.input().readAllBytes())).isEqualTo(sha256(data));
            written.get(10, TimeUnit.SECONDS);
            assertThatIOException()
                    .isThrownBy(() -> stream.send(new byte[1]))
                    .withMessage("the stream's output is closed");
        }
    }

    @Test
    void aStreamThatCannotBeOpenedSaysWhy() {
        assertThatExceptionOfType(CallException.class)
                .isThrownBy(() -> probe.stream("broken"))
                .withMessageContaining("the cable is out");
        assertThatExceptionOfType(CallException.class)
                .isThrownBy(() -> probe.stream("fly"))
                .withMessage("NOT_FOUND: method fly not found on driver");
    }

    @Test
    void aWriterWhoseReaderSleepsHasToWait() throws Exception {
        try (RawStream stream = client.driver("echo").stream("connect")) {
            AtomicLong written = new AtomicLong();
            Thread writer = new Thread(() -> {
                try {
                    while (true) {
                        stream.send(new byte[64 * 1024]);
                        written.addAndGet(64 * 1024);
                    }
                } catch (IOException e) {
                    // the stream was closed
                }
            });
            writer.start();
            long before = -1;
            while (before != written.get() || before <= 0) {
                before = written.get();
                writer.join(200);
            }
            assertThat(before).isLessThan(64 << 20);
            stream.close();
            writer.join(10_000);
            assertThat(writer.isAlive()).isFalse();
        }
    }

    @Test
    void aConsoleFindsWhatItExpectsAndShowsWhatItGotInstead() throws Exception {
        try (Console console = openConsole()) {
            assertThat(console.expect("l+o", LIMIT)).isEqualTo(new Console.Match("he", "llo"));
            console.sendLine("grün\nlogin: ");
            assertThat(console.expect("gr.n", LIMIT).text()).isEqualTo("grün");
            assertThatExceptionOfType(ConsoleException.class)
                    .isThrownBy(() -> console.expect("password:", Duration.ofMillis(100)))
                    .withMessageContaining("did not show password: within 100 ms; its last output:\n  | login:");
        }
    }

    @Test
    void charactersThatAreCutInHalfStayWhole() throws Exception {
        try (RawStream stream = probe.stream("connect")) {
            byte[] character = "€".getBytes(StandardCharsets.UTF_8);
            assertThat(stream.receive(LIMIT)).isEqualTo("hello ".getBytes(StandardCharsets.UTF_8));
            stream.send(new byte[] {character[0]});
            assertThat(stream.receive(LIMIT)).hasSize(1);
        }
        try (Console console = openConsole()) {
            StringBuilder seen = new StringBuilder();
            console.watch(seen::append);
            for (int i = 0; i < 1000; i++) {
                console.send("€");
            }
            console.send(".");
            assertThat(console.expect("\\.", LIMIT).before()).isEqualTo("hello " + "€".repeat(1000));
            assertThat(seen).hasToString("hello " + "€".repeat(1000) + ".");
        }
    }

    @Test
    void anImageIsReadByTheDriver() throws Exception {
        byte[] data = noise(5_000_000);
        AtomicLong progress = new AtomicLong();
        Upload upload = Upload.of(new ByteArrayInputStream(data)).progress(progress::set);
        assertThat(digest(upload, 0)).isEqualTo(sha256(data));
        assertThat(progress).hasValue(5_000_000);
    }

    @Test
    void aCompressedImageArrivesUnpacked() throws Exception {
        byte[] data = noise(100_000);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(data);
        }
        Upload upload =
                Upload.of(new ByteArrayInputStream(packed.toByteArray())).compressed(Compression.GZIP);
        assertThat(digest(upload, 0)).isEqualTo(sha256(data));
    }

    @Test
    void aDriverMayStopReadingEarly() throws Exception {
        byte[] data = noise(20_000_000);
        assertThat(digest(Upload.of(new ByteArrayInputStream(data)), 10)).isEqualTo(sha256(Arrays.copyOf(data, 10)));
    }

    @Test
    void aDriverThatRefusesAnImageIsHeard() {
        assertThatExceptionOfType(CallException.ExporterNotReady.class)
                .isThrownBy(() -> probe.upload(
                        Upload.of(new ByteArrayInputStream(noise(20_000_000))), handle -> probe.call("refuse", handle)))
                .withMessage("the device is switched on");
    }

    @Test
    void aSourceThatBreaksIsNoSuccess() {
        InputStream beginning = new ByteArrayInputStream(noise(100_000));
        InputStream source = new SequenceInputStream(beginning, new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk on fire");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        });
        assertThatIOException()
                .isThrownBy(() -> new FlasherClient(client.driver("flasher")).flash(Upload.of(source)))
                .withMessage("the source could not be read to its end")
                .havingCause()
                .withMessage("disk on fire");
    }

    private Console openConsole() {
        return new SerialConsole(probe).open();
    }

    private @Nullable Object digest(Upload upload, int mostBytes) throws IOException {
        AtomicReference<@Nullable Object> result = new AtomicReference<>();
        probe.upload(upload, handle -> result.set(probe.call("digest", handle, mostBytes)));
        return result.get();
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
