package dev.rigbus.drivers.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MemoryStorageTest {
    private final MemoryStorage storage = new MemoryStorage(1000);

    @Test
    void listsShowOneLevelAndScansShowFiles() throws IOException {
        write("shelf/a/b.txt", 1);
        write("shelf/c", 1);
        write("other", 1);
        storage.createDirectory("made/");

        assertThat(storage.list("/", false)).containsExactlyInAnyOrder("shelf/", "other", "made/");
        assertThat(storage.list("shelf/", false)).containsExactlyInAnyOrder("shelf/a/", "shelf/c");
        assertThat(storage.list("sh", false)).containsExactly("shelf/");
        assertThat(storage.list("/", true)).containsExactlyInAnyOrder("shelf/a/b.txt", "shelf/c", "other");
    }

    @Test
    void directoriesAreWhatNamesImply() throws IOException {
        write("shelf/a/b.txt", 7);

        assertThat(storage.stat("shelf/a")).isEqualTo(Metadata.directory(0));
        assertThat(storage.stat("shelf/a/b.txt")).isEqualTo(Metadata.file(7));
        assertThat(storage.exists("shelf/")).isTrue();
        assertThat(storage.exists("she")).isFalse();
        assertThatThrownBy(() -> storage.stat("shelf/a/b.txt/")).hasMessageStartingWith("NotFound (permanent) at stat");
    }

    @Test
    void removeAllTakesExactlyWhatItNames() throws IOException {
        write("n/a/b", 1);
        write("n2", 1);
        storage.removeAll("n");

        assertThat(storage.list("/", true)).containsExactly("n2");
        storage.delete("n2");
        storage.delete("n2");
        assertThat(storage.exists("n2")).isFalse();
    }

    @Test
    void itDoesNotDoEverything() {
        assertThatThrownBy(() -> storage.copy("a", "b"))
                .hasMessageStartingWith("Unsupported (permanent) at copy => operation is not supported");
        assertThatThrownBy(() -> storage.rename("a", "b")).hasMessageStartingWith("Unsupported (permanent) at rename");
        assertThatThrownBy(() -> storage.presign("read", "a"))
                .hasMessageStartingWith("Unsupported (permanent) at presign");
        assertThatThrownBy(() -> storage.openForReading("none")).hasMessageStartingWith("NotFound (permanent) at stat");
        assertThatThrownBy(() -> storage.openForWriting("a/"))
                .hasMessageStartingWith("IsADirectory (permanent) at Operator::writer");
        assertThatThrownBy(() -> storage.createDirectory("a"))
                .hasMessageStartingWith("NotADirectory (permanent) at create_dir");
        assertThatThrownBy(() -> storage.stat("../a")).hasMessageStartingWith("PermissionDenied (permanent) at stat");
    }

    @Test
    void itHoldsNoMoreThanItsLimit() throws IOException {
        write("a", 600);
        write("a", 300);
        write("b", 600);
        assertThatThrownBy(() -> write("c", 600))
                .isInstanceOfSatisfying(
                        DriverException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED));
        storage.delete("b");
        write("d", 600);
    }

    private void write(String path, int size) throws IOException {
        try (Storage.Writing file = storage.openForWriting(path)) {
            file.write(new byte[size], size);
        }
    }
}
