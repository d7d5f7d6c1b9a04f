package dev.rigbus.drivers.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FsStorageTest {
    private final Path room;

    private final Path root;
    private final Path secret;
    private final FsStorage storage;

    FsStorageTest(@TempDir Path room) throws IOException {
        this.room = room;
        root = room.resolve("root");
        storage = new FsStorage(root);
        secret = Files.createDirectory(room.resolve("outside")).resolve("secret");
        Files.writeString(secret, "hush");
    }

    @Test
    void aFileIsWrittenWithItsDirectoriesAndRead() throws IOException {
        write("a/b/file.txt", "content");

        assertThat(root.resolve("a/b/file.txt")).hasContent("content");
        assertThat(read("a/b/file.txt")).isEqualTo("content");
        write("/a/b/file.txt", "new");
        assertThat(read("//a/../a/b/file.txt")).isEqualTo("new");
    }

    @Test
    void openingToWriteCreatesTheFileAtOnce() throws IOException {
        storage.openForWriting("fresh").close();

        assertThat(storage.stat("fresh")).isEqualTo(Metadata.file(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../outside/secret", "/../outside/secret", "a/../../outside/secret", "..\\outside\\secret", "x\0"
            })
    void R51_noPathLeavesTheRoot(String path) {
        assertRefusedByAll(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "folder/secret", "relative", "chain", "hop/secret"})
    void R51_noSymlinkLeadsOut(String path) throws IOException {
        Files.createSymbolicLink(root.resolve("link"), secret);
        Files.createSymbolicLink(root.resolve("folder"), secret.getParent());
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside/secret"));
        Files.createSymbolicLink(root.resolve("chain"), Path.of("link"));
        Files.createSymbolicLink(root.resolve("hop"), Path.of("folder/."));

        assertRefusedByAll(path);
        assertRefused(() -> list("folder/", true));
        assertThat(secret).hasContent("hush");
    }

    private void assertRefusedByAll(String path) {
        assertRefused(() -> storage.openForReading(path));
        assertRefused(() -> storage.openForWriting(path));
        assertRefused(() -> storage.stat(path));
        assertRefused(() -> storage.copy(path, "stolen"));
        assertThat(root.resolve("stolen")).doesNotExist();
        write("mine", "mine");
        assertRefused(() -> storage.copy("mine", path));
        assertThat(secret).hasContent("hush");
    }

    @Test
    void R51_listingsShowLinksButDoNotFollowThem() throws IOException {
        Files.createSymbolicLink(root.resolve("out"), secret.getParent());

        assertThat(list("/", true)).containsExactly("out", "/");
        assertThat(list("out", true)).containsExactly("out");
    }

    @Test
    void R51_removingTakesTheLinkAndNotItsTarget() throws IOException {
        Files.createDirectories(root.resolve("d"));
        Files.createSymbolicLink(root.resolve("d/out"), secret.getParent());
        Files.createSymbolicLink(root.resolve("other"), secret.getParent());
        storage.removeAll("d/");
        storage.removeAll("other/");

        assertThat(root).isEmptyDirectory();
        assertThat(secret).hasContent("hush");
    }

    @Test
    void R51_nothingIsDecoded() {
        write("%2e%2e%2fx", "a name like any other");

        assertThat(root.resolve("%2e%2e%2fx")).exists();
        assertThat(room.resolve("x")).doesNotExist();
    }

    /** Somebody turns a directory into a link that leads out and back, all the time; no read may ever see what is outside. */
    @Test
    void R51_aLinkThatAppearsMeanwhileIsNotFollowed() throws Exception {
        Path turning = root.resolve("turning");
        Path spare = room.resolve("spare");
        Files.createDirectory(turning);
        Files.writeString(turning.resolve("secret"), "mine");
        AtomicBoolean done = new AtomicBoolean();
        Thread turner = new Thread(() -> turn(turning, spare, done));
        turner.start();
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            try {
                seen.add(read("turning/secret"));
            } catch (DriverException e) {
                assertThat(e).hasMessageMatching("(?s)(NotFound|PermissionDenied|Unexpected).*");
            }
        }
        done.set(true);
        turner.join();

        assertThat(seen).doesNotContain("hush");
    }

    private void turn(Path turning, Path spare, AtomicBoolean done) {
        try {
            while (!done.get()) {
                Files.move(turning, spare);
                Files.createSymbolicLink(turning, secret.getParent());
                Files.delete(turning);
                Files.move(spare, turning);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void linksInsideTheRootAreFollowed() throws IOException {
        write("d/target", "content");
        Files.createSymbolicLink(root.resolve("link"), Path.of("d/target"));
        Files.createSymbolicLink(root.resolve("absolute"), root.resolve("d"));
        Files.createSymbolicLink(root.resolve("d/up"), Path.of("../link"));

        assertThat(read("link")).isEqualTo("content");
        assertThat(read("absolute/target")).isEqualTo("content");
        assertThat(read("d/up")).isEqualTo("content");
        assertThat(storage.stat("absolute").isDirectory()).isTrue();
        write("link", "through");
        assertThat(root.resolve("d/target")).hasContent("through");
        storage.delete("link");
        assertThat(root.resolve("d/target")).exists();
    }

    @Test
    void aLinkThatGoesRoundInCirclesIsAnError() throws IOException {
        Files.createSymbolicLink(root.resolve("one"), Path.of("two"));
        Files.createSymbolicLink(root.resolve("two"), Path.of("one"));

        assertThatThrownBy(() -> storage.stat("one"))
                .isInstanceOf(DriverException.class)
                .hasMessageContaining("too many levels");
    }

    @Test
    void aDeadLinkIsNotThere() throws IOException {
        Files.createSymbolicLink(root.resolve("dead"), Path.of("nowhere"));

        assertThat(storage.exists("dead")).isFalse();
        assertTold(() -> storage.stat("dead"), "NotFound (permanent) at stat => entity not found");
        storage.delete("dead");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void R77_aFullDiskIsToldAsSuch() throws IOException {
        FsFile file = new FsFile(
                new StorageFailure("fs"), "big.img", FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE));

        assertThatThrownBy(() -> file.write(new byte[100], 100))
                .isInstanceOfSatisfying(DriverException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED);
                    assertThat(failure)
                            .hasMessageContaining("no space left on the exporter's disk")
                            .hasMessageContaining("big.img");
                });
        file.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "open | missing | NotFound (permanent) at stat => entity not found",
                "stat | missing | NotFound (permanent) at stat => entity not found",
                "stat | f/ | NotFound (permanent) at  => stat expected a directory, but found a file",
                "stat | f/below | NotFound (permanent) at stat => entity not found",
                "open | d/ | IsADirectory (permanent) at Operator::reader => read path is a directory",
                "open | d | IsADirectory (permanent) at Operator::reader => read path is a directory",
                "write | d/ | IsADirectory (permanent) at Operator::writer => write path is a directory",
                "write | d | IsADirectory (permanent) at Operator::writer => write path is a directory",
                "copy | d/ | IsADirectory (permanent) at Operator::copy => from path is a directory",
                "copy | missing | NotFound (permanent) at copy => entity not found",
                "copy | x | NotFound (permanent) at copy => entity not found",
                "rename | d/ | IsADirectory (permanent) at Operator::move_ => from path is a directory",
                "rename | missing | NotFound (permanent) at rename => entity not found",
                "create_dir | noslash | NotADirectory (permanent) at create_dir => the path trying to create should end with `/`",
                "delete | d/ | Unexpected (temporary) at delete => directory not empty",
                "delete | dirlink | Unexpected (temporary) at delete => not a directory",
                "delete | / | Unexpected (permanent) at delete => the root",
                "presign | f | Unsupported (permanent) at presign => operation is not supported",
            })
    void whatCannotBeDoneIsTold(String operation, String path, String text) throws IOException {
        write("f", "content");
        write("d/inside", "content");
        Files.createSymbolicLink(root.resolve("dirlink"), Path.of("d"));

        assertTold(() -> attempt(operation, path), text);
    }

    private void attempt(String operation, String path) {
        switch (operation) {
            case "open" -> storage.openForReading(path);
            case "stat" -> storage.stat(path);
            case "write" -> storage.openForWriting(path);
            case "copy" -> storage.copy(path, "x");
            case "rename" -> storage.rename(path, "x");
            case "create_dir" -> storage.createDirectory(path);
            case "delete" -> storage.delete(path);
            default -> storage.presign("read", path);
        }
    }

    @Test
    void copyingOntoItselfLosesNothing() throws IOException {
        write("f", "content");
        Files.createSymbolicLink(root.resolve("same"), Path.of("f"));

        assertTold(() -> storage.copy("f", "f"), "IsSameFile");
        assertTold(() -> storage.copy("same", "f"), "IsSameFile");
        assertThat(read("f")).isEqualTo("content");
    }

    @Test
    void copyAndRenameMakeDirectoriesAndReplace() throws IOException {
        write("f", "content");
        write("old", "a longer old content");
        storage.copy("f", "new/dir/copy");
        storage.copy("f", "old");
        storage.rename("new/dir/copy", "other/dir/moved");

        assertThat(read("old")).isEqualTo("content");
        assertThat(read("other/dir/moved")).isEqualTo("content");
        assertThat(storage.exists("new/dir/copy")).isFalse();
        storage.rename("f", "old");
        assertThat(storage.exists("f")).isFalse();
    }

    @Test
    void removeAllTakesExactlyWhatItNames() {
        write("n/f", "1");
        write("n2/f", "2");
        write("nested", "3");
        storage.removeAll("n");
        storage.removeAll("missing/");

        assertThat(list("/", false)).containsExactlyInAnyOrder("/", "n2/", "nested");
        storage.removeAll("/");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void deletingForgivesWhatIsMissing() {
        storage.createDirectory("empty/sub/");
        storage.createDirectory("empty/sub/");
        storage.delete("missing");
        storage.delete("missing/deep");
        storage.delete("empty/sub");
        storage.delete("empty/");

        assertThat(root).isEmptyDirectory();
    }

    @Test
    void directoriesHaveALengthAndTheRootHasNone() {
        storage.createDirectory("d/");

        assertThat(storage.stat("d").isDirectory()).isTrue();
        assertThat(storage.stat("/")).isEqualTo(Metadata.directory(0));
        assertThat(storage.stat("")).isEqualTo(Metadata.directory(0));
        assertThat(Stream.of("d", "d/", "", "/")).allMatch(storage::exists);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | false | / a/ d/ dx",
                "/ | false | / a/ d/ dx",
                "a/ | false | a/ a/b/",
                "/d/ | false | d/ d/e/ d/f",
                "d | false | d/ dx",
                "dx | false | dx",
                "d/f | false | d/f",
                "missing | false | ",
                "missing/ | false | ",
                "dx/ | false | ",
                "dx/y | false | ",
                "/ | true | / a/ a/b/ a/b/c/ d/ d/e/ d/f dx",
                "a/ | true | a/ a/b/ a/b/c/",
                "d | true | d/ d/e/ d/f dx",
            })
    void listsAreAsTheStockDriverHasThem(String path, boolean recursive, String entries) {
        storage.createDirectory("a/b/c/");
        storage.createDirectory("d/e/");
        write("d/f", "1");
        write("dx", "1");

        List<String> listed = list(path, recursive);
        assertThat(listed).containsExactlyInAnyOrder(entries == null ? new String[0] : entries.split(" "));
        for (String entry : listed) {
            int itself = listed.indexOf(entry);
            assertThat(listed.subList(0, recursive ? itself : 0))
                    .noneMatch(before -> before.endsWith("/") && entry.startsWith(before));
        }
    }

    @Test
    void aListThatIsLeftEarlyHoldsNothingOpen() throws IOException {
        for (int i = 0; i < 100; i++) {
            write("many/" + i, "");
        }
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            try (Stream<String> entries = storage.list("/", true)) {
                assertThat(entries.limit(3)).hasSize(3);
            }
            list("many/", false);
        }

        assertThat(descriptors()).isLessThan(before + 10);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void devicesAndPipesAreNotOpened() throws Exception {
        new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start().waitFor();

        assertTold(
                () -> storage.openForReading("pipe"),
                "Unexpected (permanent) at Operator::reader => not a regular file");
        assertTold(
                () -> storage.openForWriting("pipe"),
                "Unexpected (permanent) at Operator::writer => not a regular file");
    }

    @Test
    void textsDoNotShowWhereTheRootIs() throws IOException {
        write("f", "1");

        assertThatThrownBy(() -> storage.createDirectory("f/sub/"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(room.toString()));
    }

    private void write(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        try (Storage.Writing file = storage.openForWriting(path)) {
            file.write(bytes, bytes.length);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String read(String path) throws IOException {
        try (Storage.Reading file = storage.openForReading(path)) {
            byte[] bytes = new byte[100];
            int count = Math.max(0, file.read(bytes));
            return new String(bytes, 0, count, StandardCharsets.UTF_8);
        }
    }

    private List<String> list(String path, boolean recursive) {
        try (Stream<String> entries = storage.list(path, recursive)) {
            return entries.toList();
        }
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN))
                .hasMessageStartingWith("PermissionDenied (permanent) at ");
    }

    private static void assertTold(ThrowingCallable call, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN))
                .hasMessageStartingWith(text);
    }
}
