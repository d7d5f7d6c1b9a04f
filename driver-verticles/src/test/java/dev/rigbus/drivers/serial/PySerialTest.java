package dev.rigbus.drivers.serial;

import static dev.rigbus.drivers.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.drivers.testing.FakeContext;
import dev.rigbus.drivers.testing.PtyPair;
import dev.rigbus.drivers.testing.StreamClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway") // fields are set by JUnit or by create()
class PySerialTest {
    private final FakeContext context = FakeContext.create();
    private PySerial driver;
    private PtyPair board;

    @TempDir
    Path dir;

    @BeforeEach
    void plugIn() throws IOException {
        board = new PtyPair(dir.resolve("ttyBoard"));
    }

    @AfterEach
    void closeAll() throws IOException {
        if (driver != null) {
            context.call(() -> driver.close().mapEmpty());
        }
        board.close();
        context.close();
    }

    private void create(String url, Object... more) throws Exception {
        Map<String, Object> config = new HashMap<>(Map.of("url", url));
        for (int i = 0; i < more.length; i += 2) {
            config.put((String) more[i], more[i + 1]);
        }
        driver = (PySerial)
                new SerialProvider().types().get(0).create(Settings.of("export.serial.config", config), context);
    }

    private StreamClient connect() {
        return new StreamClient(context, context.call(() -> driver.connect()));
    }

    private void start() {
        context.call(() -> driver.start().mapEmpty());
    }

    private String terminalFlags() throws Exception {
        Process stty = new ProcessBuilder("stty", "-a", "-F", board.terminal()).start();
        return new String(stty.getInputStream().readAllBytes(), UTF_8);
    }

    @Test
    void theLoopGivesEverythingBackAndItsEndToo() throws Exception {
        create("loop://");
        start();
        StreamClient client = connect().send("serial!");
        client.expect("serial!");
        client.end().expectEnd().close();
        context.call(() -> driver.setDtr(true));
        context.call(() -> driver.setRts(false));
    }

    @Test
    void pacingSendsByteByByteAndDoesNotWaitAfterTheLast() throws Exception {
        create("loop://", "cps", 50);
        StreamClient client = connect();
        long begin = System.nanoTime();
        client.send("0123456789").end().expectEnd();
        double seconds = (System.nanoTime() - begin) / 1e9;
        assertThat(client.text()).isEqualTo("0123456789");
        assertThat(client.chunks()).hasSize(10);
        // Timers count whole milliseconds, and one of them may be caught up with.
        assertThat(seconds).isBetween(9 / 50.0 - 0.001, 3.0);
    }

    @Test
    void bytesPassUnmodifiedBothWays() throws Exception {
        create(board.path());
        start();
        StreamClient client = connect();
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        client.send(all);
        assertThat(board.read(256)).isEqualTo(all);
        board.write(all);
        eventually("all bytes", () -> client.text().length() == 256);
        assertThat(client.text().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo(all);
        client.close();
    }

    @Test
    void aMebibytePassesBothWaysAtOnce() throws Exception {
        create(board.path());
        StreamClient client = connect();
        byte[] data = new byte[1 << 20];
        new Random(28).nextBytes(data);
        CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> {
            try {
                for (int at = 0; at < data.length; at += 1024) {
                    board.write(board.read(1024));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        client.send(data);
        echo.get(20, java.util.concurrent.TimeUnit.SECONDS);
        eventually("all bytes", () -> client.text().length() == data.length);
        assertThat(client.text().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
                .isEqualTo(data);
        client.close();
    }

    @Test
    void thePortGoesOnTalkingAfterTheClientSaidItsLast() throws Exception {
        create(board.path());
        StreamClient client = connect().send("abc").end();
        assertThat(board.read(3)).isEqualTo("abc".getBytes(UTF_8));
        board.write("and another thing".getBytes(UTF_8));
        client.expect("and another thing");
        client.close();
    }

    @Test
    void whatWasSentBeforeTheCloseReachesThePort() throws Exception {
        create(board.path());
        connect().send("reboot\n").close();
        assertThat(board.read(7)).isEqualTo("reboot\n".getBytes(UTF_8));
    }

    @Test
    void closingEndsTheStreamThatIsOpen() throws Exception {
        create(board.path());
        context.call(() -> driver.closePort());
        StreamClient client = connect().send("x");
        assertThat(board.read(1)).isEqualTo(new byte[] {'x'});
        context.call(() -> driver.closePort());
        client.expectEnd();
        connect().send("y").close();
        assertThat(board.read(1)).isEqualTo(new byte[] {'y'});
    }

    @Test
    void aMissingPortIsNamedAsTheSystemDoes() throws Exception {
        create("/dev/doesNotExist", "check_present", false);
        start();
        String text =
                "[Errno 2] could not open port /dev/doesNotExist: [Errno 2] No such file or directory: '/dev/doesNotExist'";
        assertThatThrownBy(() -> context.call(() -> driver.connect())).hasMessage(text);
        assertThatThrownBy(() -> context.call(() -> driver.setDtr(true))).hasMessage(text);
    }

    @Test
    void aMissingPortStopsTheStartUnlessTheConfigurationAllowsIt() throws Exception {
        create("/dev/doesNotExist");
        assertThatThrownBy(this::start).hasMessageStartingWith("[Errno 2] could not open port /dev/doesNotExist");
    }

    @Test
    void whatIsNoTerminalIsNoPort() throws Exception {
        create(Files.createFile(dir.resolve("file")).toString());
        assertThatThrownBy(this::start)
                .hasMessageContaining("could not open port")
                .hasMessageContaining("ioctl");
    }

    @Test
    void aTerminalWithoutLinesSaysSo() throws Exception {
        create(board.path());
        assertThatThrownBy(() -> context.call(() -> driver.setDtr(true)))
                .hasMessageStartingWith("[Errno 25] Inappropriate ioctl for device");
    }

    @Test
    void hangUpOnCloseIsClearedWhereAskedFor() throws Exception {
        new ProcessBuilder("stty", "-F", board.terminal(), "hupcl").start().waitFor();
        create(board.path());
        connect().close();
        assertThat(terminalFlags()).contains(" hupcl");
        context.call(() -> driver.close().mapEmpty());
        create(board.path(), "disable_hupcl", true, "baudrate", 9600);
        connect().close();
        assertThat(terminalFlags()).contains("-hupcl").contains("speed 9600");
    }

    @Test
    void aSocketIsAPortToo() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            create("socket://127.0.0.1:" + server.getLocalPort(), "check_present", false);
            StreamClient client = connect().send("ping");
            try (Socket device = server.accept()) {
                assertThat(device.getInputStream().readNBytes(4)).isEqualTo("ping".getBytes(UTF_8));
                device.getOutputStream().write("pong".getBytes(UTF_8));
                client.expect("pong");
            }
            client.expectEnd().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rfc2217://host:1", "hwgrep://1234", "socket://host", "socket://host:70000"})
    void urlsThatItCannotServeAreAConfigurationError(String url) {
        assertThatThrownBy(() -> create(url))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("export.serial.config.url")
                .hasMessageContaining(url)
                .hasMessageContaining("expected: a device path, loop:// or socket://HOST:PORT");
    }

    @Test
    void r28_theStreamPausesWhileThePortIsGoneAndGoesOnWhenItReturns() throws Exception {
        create(board.path());
        StreamClient client = connect().send("one");
        assertThat(board.read(3)).isEqualTo("one".getBytes(UTF_8));
        board.unplug();
        eventually("the loss is noticed", () -> driver.ports().isWaiting());
        client.send("two");
        board.plugAgain();
        assertThat(board.read(3)).isEqualTo("two".getBytes(UTF_8));
        board.write("three".getBytes(UTF_8));
        client.expect("three");
        assertThat(client.isOver()).isFalse();
        client.close();
    }

    @Test
    void r28_theStreamEndsWhenThePortDoesNotReturn() throws Exception {
        create(board.path(), "reopen", "200ms");
        StreamClient client = connect().send("one");
        board.read(3);
        board.unplug();
        client.expectEnd().close();
        assertThatThrownBy(this::connect).hasMessageContaining("could not open port");
    }

    @Test
    void r62_aCrashTakesOnlyItsOwnProcess() throws Exception {
        create(board.path());
        StreamClient client = connect().send("one");
        board.read(3);
        long pid = driver.ports().pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        client.expectEnd().close();
        StreamClient again = connect().send("two");
        assertThat(board.read(3)).isEqualTo("two".getBytes(UTF_8));
        assertThat(driver.ports().pid()).isNotEqualTo(pid).isPositive();
        again.close();
    }

    @Test
    void r72_thePortIsFreeWhenItsStreamHasEnded() throws Exception {
        create(board.path());
        StreamClient client = connect();
        assertThat(holders()).isNotEmpty();
        client.close();
        assertThat(holders()).isEmpty();
    }

    @Test
    void r76_aPasteOfFourKibibytesArrivesWholeAndPaced() throws Exception {
        create(board.path(), "cps", 4000);
        StringBuilder paste = new StringBuilder();
        for (int i = 0; paste.length() < 4096; i++) {
            paste.append("setenv line").append(i).append(" value\r\n");
        }
        paste.setLength(4096);
        StreamClient client = connect();
        long begin = System.nanoTime();
        client.send(paste.toString());
        assertThat(new String(board.read(4096), UTF_8)).isEqualTo(paste.toString());
        assertThat((System.nanoTime() - begin) / 1e9).isGreaterThan(4095 / 4000.0 * 0.99);
        client.close();
    }

    @Test
    void theHopThroughTheProcessTakesLessThanTwoMilliseconds() throws Exception {
        create(board.path());
        StreamClient client = connect();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 200; i++) {
            long begin = System.nanoTime();
            client.send("x");
            board.read(1);
            best = Math.min(best, System.nanoTime() - begin);
        }
        assertThat(best).isLessThan(2_000_000);
        client.close();
    }

    @Test
    void theProcessOfThePortsEndsWithTheDriver() throws Exception {
        create(board.path());
        start();
        ProcessHandle process = ProcessHandle.of(driver.ports().pid()).orElseThrow();
        context.call(() -> driver.close().mapEmpty());
        eventually("the process has ended", () -> !process.isAlive());
        driver = null;
    }

    /** The processes that have the terminal open, but for the test itself. */
    private List<Path> holders() throws IOException {
        Path proc = Path.of("/proc", String.valueOf(driver.ports().pid()), "fd");
        try (var descriptors = Files.list(proc)) {
            return descriptors.filter(this::isTheTerminal).toList();
        }
    }

    private boolean isTheTerminal(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().equals(board.terminal());
        } catch (IOException e) {
            return false;
        }
    }
}
