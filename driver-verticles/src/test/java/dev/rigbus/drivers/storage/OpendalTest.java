package dev.rigbus.drivers.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.DriverProvider;
import dev.rigbus.driver.DriverType;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import dev.rigbus.driver.Settings;
import dev.rigbus.driver.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpendalTest {
    private static final byte[] CONTENT = "content".getBytes();

    @TempDir
    Path room;

    @ParameterizedTest
    @ValueSource(strings = {"fs", "memory"})
    void aFileMakesTheRoundTrip(String scheme) throws Exception {
        Opendal storage = opendal(scheme, false);
        byte[] image = new byte[1_000_000];
        new java.util.Random(7).nextBytes(image);
        write(storage, "a/b.img", image);

        assertThat(read(storage, "a/b.img")).isEqualTo(image);
        assertThat(storage.stat("a/b.img")).containsEntry("content_length", 1_000_000L);
        assertThat(storage.stat("a/b.img").get("mode")).isEqualTo(Map.of("entry_is_file", true, "entry_is_dir", false));
        assertThat(storage.stat("a").get("mode")).isEqualTo(Map.of("entry_is_file", false, "entry_is_dir", true));
        write(storage, "hashed", CONTENT);
        assertThat(storage.hash("hashed", "md5")).isEqualTo("9a0364b9e99bb480dd25e1f0284c8555");
        assertThat(storage.hash("hashed", "sha256"))
                .isEqualTo("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fs", "memory"})
    void anOpenFileIsMovedAndReadToItsEnd(String scheme) throws Exception {
        Opendal storage = opendal(scheme, false);
        write(storage, "f", CONTENT);
        UUID file = storage.open("f", "rb");

        assertThat(storage.fileTell(file)).isZero();
        assertThat(storage.fileSeek(file, -3, 2)).isEqualTo(4);
        assertThat(rest(storage, file)).isEqualTo("ent");
        assertThat(rest(storage, file)).isEmpty();
        assertThat(storage.fileSeek(file, 1, 0)).isEqualTo(1);
        assertThat(storage.fileSeek(file, 2, 1)).isEqualTo(3);
        assertUnknown(() -> storage.fileSeek(file, -9, 0), "invalid seek to a negative position");
        storage.fileSeek(file, 99, 0);
        assertUnknown(
                () -> storage.fileRead(file, new BytesResource()),
                "Unexpected (permanent) at , context: { expect: 18446744073709551524, actual: 0 } => reader got too little data");
        assertUnknown(
                () -> storage.fileWrite(file, new BytesResource()),
                "I/O operation failed for reading on read only file.");
        assertThatThrownBy(() -> storage.fileSeek(file, 0, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anOpenFileKnowsItsState() throws Exception {
        Opendal storage = opendal("fs", false);
        UUID writing = storage.open("f", "wb");
        UUID reading = storage.open("f", "rb");

        assertThat(state(storage, reading)).containsExactly(false, true, true, false);
        assertThat(state(storage, writing)).containsExactly(false, false, false, true);
        assertUnknown(() -> storage.fileTell(writing), "I/O operation failed for reading on write only file.");
        assertUnknown(() -> storage.fileSeek(writing, 0, 0), "I/O operation failed for reading on write only file.");
        assertThat(rest(storage, writing)).isEmpty();
        storage.fileClose(writing);
        storage.fileClose(writing);
        storage.fileClose(reading);
        assertThat(state(storage, writing)).containsExactly(true, false, false, false);
        assertThat(state(storage, reading)).containsExactly(true, false, false, false);
        assertUnknown(() -> storage.fileTell(reading), "I/O operation failed for reading on closed file.");
        assertUnknown(
                () -> storage.fileWrite(writing, new BytesResource()),
                "I/O operation failed for reading on closed file.");
        assertThat(rest(storage, reading)).isEmpty();
    }

    @Test
    void severalWritesFollowEachOther() throws Exception {
        Opendal storage = opendal("memory", false);
        UUID file = storage.open("f", "wb");
        storage.fileWrite(file, new BytesResource(CONTENT));
        storage.fileWrite(file, new BytesResource(CONTENT));
        storage.fileClose(file);

        assertThat(read(storage, "f")).asString().isEqualTo("contentcontent");
    }

    @Test
    void anUnknownHandleIsNamed() throws Exception {
        Opendal storage = opendal("memory", false);

        assertUnknown(() -> storage.fileTell(new UUID(0, 0)), "UUID('00000000-0000-0000-0000-000000000000')");
    }

    @Test
    void wordsThatAreNotAmongTheKnownAreInvalidArguments() throws Exception {
        Opendal storage = opendal("memory", false);

        assertThatThrownBy(() -> storage.open("f", "r+"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("1 validation error for Opendal.open\n2\n  Input should be 'rb' or 'wb'");
        assertThatThrownBy(() -> storage.hash("f", "sha1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("1 validation error for Opendal.hash\n2\n  Input should be 'md5' or 'sha256'");
    }

    @Test
    void tooManyOpenFilesAreAnErrorThatClosingOneHeals() throws Exception {
        Opendal storage = opendal("memory", false);
        UUID one = storage.open("f", "wb");
        for (int i = 1; i < 512; i++) {
            storage.open("f", "wb");
        }

        assertThatThrownBy(() -> storage.open("f", "wb"))
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED));
        storage.fileClose(one);
        storage.open("f", "wb");
    }

    @Test
    void aNewSessionFindsNoFileOpen() throws Exception {
        Opendal storage = opendal("fs", false);
        UUID file = storage.open("f", "wb");
        assertThat(storage.reset().succeeded()).isTrue();

        assertUnknown(() -> storage.fileTell(file), "UUID('");
    }

    @Test
    void aClientThatGoesAwayFailsTheCallAsItFailed() throws Exception {
        Opendal storage = opendal("fs", false);
        UUID file = storage.open("f", "wb");
        IOException gone = new IOException("the client went away");

        assertThatThrownBy(() -> storage.fileWrite(file, new BrokenResource(gone)))
                .isSameAs(gone);
        storage.fileWrite(file, new BytesResource(CONTENT));
        storage.fileClose(file);
        assertThat(read(storage, "f")).isEqualTo(CONTENT);
    }

    @Test
    void createdPathsAreRemembered() throws Exception {
        Opendal storage = opendal("fs", false);
        write(storage, "/kept.txt", CONTENT);
        storage.copy("kept.txt", "dir/copy.txt");
        storage.rename("kept.txt", "moved.txt");
        storage.createDir("made/deep/");
        storage.registerPath("/x//y/../z/");

        assertThat(storage.getCreatedResources())
                .containsExactlyInAnyOrder("dir/copy.txt", "moved.txt", "made/deep", "x/z");
        storage.delete("moved.txt");
        storage.removeAll("made/deep/");
        assertThat(storage.getCreatedResources()).containsExactlyInAnyOrder("dir/copy.txt", "x/z");
    }

    @Test
    void whatFailedWasNotCreated() throws Exception {
        Opendal storage = opendal("fs", false);

        assertThatThrownBy(() -> storage.open("../x", "wb")).isInstanceOf(DriverException.class);
        assertThatThrownBy(() -> storage.copy("missing", "x")).isInstanceOf(DriverException.class);
        assertThat(storage.getCreatedResources()).isEmpty();
    }

    @Test
    void createdPathsAreRemovedAtTheEndAndNothingElse() throws Exception {
        Opendal storage = opendal("fs", true);
        Path root = room.resolve("root");
        Files.writeString(root.resolve("before.txt"), "stays");
        Path outside = Files.writeString(room.resolve("outside.txt"), "stays");
        write(storage, "new.txt", CONTENT);
        storage.createDir("tree/");
        write(storage, "tree/leaf.txt", CONTENT);
        write(storage, "loose/leaf.txt", CONTENT);
        storage.open("still-open.txt", "wb");
        storage.registerPath("../outside.txt");
        storage.registerPath("/");

        assertThat(storage.close().succeeded()).isTrue();
        try (Stream<Path> left = Files.walk(root)) {
            assertThat(left.map(path -> root.relativize(path).toString()))
                    .containsExactlyInAnyOrder("", "before.txt", "loose");
        }
        assertThat(outside).exists();
    }

    @Test
    void createdPathsStayWithoutThatSetting() throws Exception {
        Opendal storage = opendal("fs", false);
        write(storage, "new.txt", CONTENT);

        storage.close();
        assertThat(room.resolve("root/new.txt")).exists();
    }

    @Test
    void theWireHasEveryKeyOfTheCapability() throws Exception {
        assertThat(opendal("fs", false).capability())
                .hasSize(33)
                .containsEntry("copy", true)
                .containsEntry("presign", false)
                .containsEntry("write_multi_max_size", null);
        assertThat(opendal("memory", false).capability()).hasSize(33).containsEntry("list_with_recursive", true);
    }

    @Test
    void whatIsMissingInTheConfigurationIsNamed() {
        assertThat(problems(Map.of()))
                .containsExactlyInAnyOrder(
                        "c.scheme: is missing", "c.kwargs: is missing (expected: a map, such as {root: /srv/files})");
        assertThat(problems(Map.of("scheme", "fs", "kwargs", Map.of()))).containsExactly("c.kwargs.root: is missing");
        assertThat(problems(Map.of("scheme", "http", "kwargs", Map.of())))
                .containsExactly("c.kwargs.endpoint: is missing");
        assertThat(problems(Map.of("scheme", "s3", "kwargs", Map.of("bucket", "b"))))
                .containsExactly("c.scheme: \"s3\" is not supported (expected one of: fs, memory, http)");
        assertThat(problems(Map.of("scheme", "fs", "kwargs", Map.of("rot", "/x"))))
                .contains("c.kwargs.root: is missing", "c.kwargs.rot: unknown key (did you mean root?)");
    }

    @Test
    void aRootThatIsAFileIsAnErrorAtTheStart() throws IOException {
        Path file = Files.writeString(room.resolve("file"), "");
        Settings settings = Settings.of("c", Map.of("scheme", "fs", "kwargs", Map.of("root", file.toString())));

        assertThatThrownBy(() -> type("Opendal").create(settings, new PlainContext()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void theMockFlasherKeepsAnImagePerPartition() throws Exception {
        MockFlasher flasher = (MockFlasher) type("MockFlasher").create(Settings.of("c", Map.of()), new PlainContext());
        flasher.flash(new BytesResource((byte) 1), null);
        flasher.flash(new BytesResource((byte) 2), "uboot");
        flasher.flash(new BytesResource((byte) 3), "uboot");
        assertThatThrownBy(() -> flasher.flash(new BrokenResource(new IOException("gone")), "uboot"))
                .hasMessage("gone");

        BytesResource plain = new BytesResource();
        BytesResource uboot = new BytesResource();
        flasher.dump(plain, null);
        flasher.dump(uboot, "uboot");
        assertThat(plain.received()).containsExactly(1);
        assertThat(uboot.received()).containsExactly(3);
        assertThatThrownBy(() -> flasher.dump(new BytesResource(), "never"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("never");
        flasher.close();
        assertThatThrownBy(() -> flasher.dump(new BytesResource(), null)).isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MockStorageMux", "MockStorageMuxFlasher"})
    void theMockMuxKeepsOneImage(String name) throws Exception {
        MockStorageMux mux = (MockStorageMux) type(name).create(Settings.of("c", Map.of()), new PlainContext());
        mux.host();
        mux.write(new BytesResource(CONTENT));
        mux.dut();
        mux.off();
        BytesResource read = new BytesResource();
        mux.read(read);

        assertThat(read.received()).isEqualTo(CONTENT);
        assertThat(mux.client()).endsWith(name.substring("Mock".length()) + "Client");
        mux.close();
    }

    private Opendal opendal(String scheme, boolean remove) throws Exception {
        Map<String, ?> kwargs =
                scheme.equals("fs") ? Map.of("root", room.resolve("root").toString()) : Map.of();
        Map<String, ?> config = Map.of("scheme", scheme, "kwargs", kwargs, "remove_created_on_close", remove);
        return (Opendal) type("Opendal").create(Settings.of("c", config), new PlainContext());
    }

    private static DriverType<?> type(String name) {
        return ServiceLoader.load(DriverProvider.class).stream()
                .flatMap(provider -> provider.get().types().stream())
                .filter(type -> type.name().equals("jumpstarter_driver_opendal.driver." + name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> problems(Map<String, ?> config) {
        try {
            Driver made = type("Opendal").create(Settings.of("c", config), new PlainContext());
            throw new AssertionError(made + " should not have started");
        } catch (SettingsException e) {
            return e.problems().stream().map(Object::toString).toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void write(Opendal storage, String path, byte[] content) throws IOException {
        UUID file = storage.open(path, "wb");
        storage.fileWrite(file, new BytesResource(content));
        storage.fileClose(file);
    }

    private static byte[] read(Opendal storage, String path) throws IOException {
        UUID file = storage.open(path, "rb");
        BytesResource received = new BytesResource();
        storage.fileRead(file, received);
        storage.fileClose(file);
        return received.received();
    }

    private static String rest(Opendal storage, UUID file) throws IOException {
        BytesResource received = new BytesResource();
        storage.fileRead(file, received);
        return new String(received.received());
    }

    private static List<Boolean> state(Opendal storage, UUID file) {
        return List.of(
                storage.fileClosed(file),
                storage.fileReadable(file),
                storage.fileSeekable(file),
                storage.fileWritable(file));
    }

    private static void assertUnknown(ThrowingCallable call, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN))
                .hasMessageStartingWith(text);
    }

    /** A client that goes away after the first bytes. */
    private record BrokenResource(IOException failure) implements Resource {
        @Override
        public InputStream input() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    throw failure;
                }
            };
        }

        @Override
        public OutputStream output() throws IOException {
            throw failure;
        }
    }
}
