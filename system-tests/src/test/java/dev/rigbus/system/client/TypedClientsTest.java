package dev.rigbus.system.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ExporterClient;
import dev.rigbus.client.GenericClient;
import dev.rigbus.client.PortForward;
import dev.rigbus.client.RawStream;
import dev.rigbus.client.Upload;
import dev.rigbus.client.WireName;
import dev.rigbus.client.typed.FlasherClient;
import dev.rigbus.client.typed.MuxFlasherClient;
import dev.rigbus.client.typed.NetworkClient;
import dev.rigbus.client.typed.PowerClient;
import dev.rigbus.client.typed.PowerReading;
import dev.rigbus.client.typed.ShellClient;
import dev.rigbus.client.typed.StorageClient;
import dev.rigbus.client.typed.StorageMuxClient;
import io.vertx.core.Future;
import io.vertx.core.streams.ReadStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TypedClientsTest {
    private Rig rig;
    private ExporterClient client;

    @TempDir
    Path room;

    @BeforeAll
    void connect() throws Exception {
        rig = Rig.plaintext();
        client = rig.client();
    }

    @AfterAll
    void disconnect() throws Exception {
        client.close();
        rig.close();
    }

    @Test
    void areFoundByWhatTheExporterSays() {
        assertThat(client.driver("board.power").client()).isInstanceOf(PowerClient.class);
        assertThat(client.driver("echo").client()).isInstanceOf(NetworkClient.class);
        assertThat(client.driver("storage").client()).isInstanceOf(StorageClient.class);
        assertThat(client.driver("flasher").client()).isInstanceOf(FlasherClient.class);
        assertThat(client.driver("shell").client()).isInstanceOf(ShellClient.class);
        DriverNode mux = client.driver("mux");
        assertThat(mux.as(StorageMuxClient.class)).isNotNull();
        assertThat(mux.as(MuxFlasherClient.class)).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.driver("echo").as(PowerClient.class))
                .withMessageStartingWith(
                        "echo is a jumpstarter_driver_network.client.NetworkClient, not a PowerClient");
    }

    @Test
    void whatNobodyKnowsCanBeUsedAllTheSame() {
        assertThat(client.driver("board").client()).isInstanceOf(GenericClient.class);
        GenericClient probe = client.driver("board.probe").as(GenericClient.class);
        assertThat(probe.call("same", "x")).isEqualTo("x");
        assertThat(probe.methods()).isEmpty();
    }

    /** A jar that brings a typed client needs only to be there; this one is, as a test resource says. */
    @Test
    void othersCanBringTheirOwn() {
        assertThat(ThirdParty.type()
                        .factory()
                        .apply(client.driver("board.probe"))
                        .echo("me"))
                .isEqualTo("me");
        assertThat(client.driver("board.probe").as(ThirdParty.class).echo("it")).isEqualTo("it");
    }

    @Test
    void storageKeepsFiles() throws Exception {
        StorageClient storage = client.driver("storage").as(StorageClient.class);
        storage.write("folder/a.txt", "content".getBytes(UTF_8));
        assertThat(storage.exists("folder/a.txt")).isTrue();
        assertThat(storage.exists("folder/b.txt")).isFalse();
        StorageClient.Stat stat = storage.stat("folder/a.txt");
        assertThat(stat.isFile()).isTrue();
        assertThat(stat.length()).isEqualTo(7);
        assertThat(storage.md5("folder/a.txt")).isEqualTo("9a0364b9e99bb480dd25e1f0284c8555");
        storage.write("folder/b.txt", "content".getBytes(UTF_8));
        assertThat(storage.list("folder/")).toIterable().contains("folder/a.txt", "folder/b.txt");
        byte[] noise = new byte[3 << 20];
        new Random(3).nextBytes(noise);
        Path file = room.resolve("noise");
        Files.write(file, noise);
        List<Long> progress = new ArrayList<>();
        storage.write("noise", Upload.of(file).progress(progress::add));
        assertThat(progress.get(progress.size() - 1)).isEqualTo(noise.length);
        Path back = room.resolve("back");
        storage.read("noise", Download.to(back));
        assertThat(back).hasBinaryContent(noise);
        assertThat(room.resolve("back.part")).doesNotExist();
        assertThat(storage.read("folder/b.txt")).isEqualTo("content".getBytes(UTF_8));
        storage.deleteAll("folder/");
        assertThat(storage.exists("folder/a.txt")).isFalse();
    }

    @Test
    void aFlasherGivesBackWhatItWasGiven() throws Exception {
        FlasherClient flasher = client.driver("flasher").as(FlasherClient.class);
        flasher.flash(Upload.of(new ByteArrayInputStream("image".getBytes(UTF_8))), "boot");
        Path dumped = room.resolve("dumped");
        flasher.dump(Download.to(dumped), "boot");
        assertThat(dumped).hasContent("image");
        MuxFlasherClient mux = client.driver("mux").as(MuxFlasherClient.class);
        mux.flash(Upload.of(new ByteArrayInputStream("card".getBytes(UTF_8))));
        mux.dump(Download.to(dumped));
        assertThat(dumped).hasContent("card");
    }

    @Test
    void aShellCommandSaysWhatItDid() {
        ShellClient shell = client.driver("shell").as(ShellClient.class);
        assertThat(shell.methods()).containsExactly("greet");
        assertThat(shell.run("greet", "you")).isEqualTo(new ShellClient.Result(3, "hello you\n", "careful\n"));
    }

    @Test
    void aPortHereIsOneThere() throws Exception {
        NetworkClient echo = client.driver("echo").as(NetworkClient.class);
        try (PortForward forward = echo.forwardTcp("127.0.0.1", 0)) {
            byte[] noise = new byte[2 << 20];
            new Random(4).nextBytes(noise);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), forward.port())) {
                CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
                    try {
                        socket.getOutputStream().write(noise);
                        socket.shutdownOutput();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(noise);
                written.get(10, TimeUnit.SECONDS);
            }
        }
        Path path = room.resolve("echo.sock");
        try (PortForward forward = echo.forwardUnix(path);
                SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(forward.address()).isEqualTo(path.toString());
            socket.connect(UnixDomainSocketAddress.of(path));
            socket.write(ByteBuffer.wrap("hi".getBytes(UTF_8)));
            ByteBuffer back = ByteBuffer.allocate(2);
            while (back.hasRemaining() && socket.read(back) >= 0) {
                // Until all of it is here.
            }
            assertThat(new String(back.array(), UTF_8)).isEqualTo("hi");
        }
        assertThat(path).doesNotExist();
    }

    enum Colour {
        RED,
        BLUE
    }

    record Nested(int speed, List<Colour> colours) {}

    interface Face {
        Nested same(Map<String, Object> value);

        @WireName("same")
        int number(int value);

        @WireName("same")
        Colour colour(String value);

        @WireName("same")
        Future<Long> later(long value);

        Iterator<Integer> count(int upTo, boolean fails);

        @WireName("count")
        ReadStream<Integer> counting(int upTo, boolean fails);

        RawStream connect();

        default int twice(int value) {
            return 2 * number(value);
        }
    }

    @Test
    void anInterfaceIsAClient() throws Exception {
        Face face = client.driver("board.probe").as(Face.class);
        assertThat(face.number(7)).isEqualTo(7);
        assertThat(face.twice(7)).isEqualTo(14);
        assertThat(face.colour("blue")).isEqualTo(Colour.BLUE);
        assertThat(face.same(Map.of("speed", 3, "colours", List.of("red"))))
                .isEqualTo(new Nested(3, List.of(Colour.RED)));
        assertThat(face.later(1L << 40)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo(1L << 40);
        assertThat(face.count(3, false)).toIterable().containsExactly(0, 1, 2);
        CompletableFuture<List<Integer>> counted = new CompletableFuture<>();
        List<Integer> items = new ArrayList<>();
        face.counting(3, false)
                .exceptionHandler(counted::completeExceptionally)
                .endHandler(v -> counted.complete(items))
                .handler(items::add);
        assertThat(counted.get(10, TimeUnit.SECONDS)).containsExactly(0, 1, 2);
        try (RawStream stream = face.connect()) {
            assertThat(stream.input().readNBytes(5)).isEqualTo("hello".getBytes(UTF_8));
        }
        assertThat(face).hasToString("Face of probe (dev.rigbus.test.ProbeClient)");
        assertThatIllegalStateException()
                .isThrownBy(() -> face.colour("green"))
                .withMessageStartingWith("the driver answers green, which is no ");
    }

    interface Wrong {
        Thread same(String value);
    }

    @Test
    void anInterfaceThatNobodyCanServeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.driver("board.probe").as(Wrong.class))
                .withMessageStartingWith("Wrong.same returns java.lang.Thread (expected: ");
    }

    @Test
    void powerIsReadAndCycled() throws Exception {
        PowerClient power = client.driver("board.power").as(PowerClient.class);
        power.cycle(java.time.Duration.ofMillis(1));
        try (PowerClient.Readings readings = power.read()) {
            assertThat(readings).toIterable().containsExactly(new PowerReading(0, 0), new PowerReading(5, 2));
        }
    }
}
