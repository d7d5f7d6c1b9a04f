package dev.rigbus.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A place for a Unix socket that nobody else can reach, from the first moment on. */
final class PrivateSocket {
    private final Path directory;

    PrivateSocket() throws IOException {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path parent = Path.of(
                runtime != null && Files.isWritable(Path.of(runtime)) ? runtime : System.getProperty("java.io.tmpdir"));
        directory = Files.createTempDirectory(
                parent,
                "jumpstarter-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    Path path() {
        return directory.resolve("socket");
    }

    @Nullable
    Void delete() throws IOException {
        Files.deleteIfExists(path());
        Files.deleteIfExists(directory);
        return null;
    }
}
