package dev.rigbus.drivers.board;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import dev.rigbus.driver.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The board's storage: one image, in a directory that only the exporter's user can enter. An image is replaced as a
 * whole when all
 * of it has come, so a transfer that breaks off leaves the one before, and nothing else.
 */
final class Storage {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final String UNFINISHED = ".part";

    private final Path directory;
    private final Path image;
    private final boolean temporary;
    private Position position = Position.DUT;

    /** Who the storage is connected to. */
    enum Position {
        HOST,
        DUT,
        OFF
    }

    private Storage(Path directory, boolean temporary) {
        this.directory = directory;
        this.image = directory.resolve("firmware");
        this.temporary = temporary;
    }

    static Storage open(@Nullable Path configured) throws IOException {
        if (configured == null) {
            return new Storage(Files.createTempDirectory("rigbus-board"), true);
        }
        if (!Files.isDirectory(configured)) {
            Files.createDirectories(configured, PosixFilePermissions.asFileAttribute(PRIVATE));
        }
        if (!PRIVATE.containsAll(Files.getPosixFilePermissions(configured))) {
            throw new IOException("dir: " + configured
                    + " is open to other users (expected: mode 0700, as after chmod 700 " + configured + ")");
        }
        Storage storage = new Storage(configured.toAbsolutePath(), false);
        storage.removeUnfinished();
        return storage;
    }

    synchronized Position position() {
        return position;
    }

    synchronized void connect(Position to) {
        position = to;
    }

    /** The image for the board to boot; null where there is none. */
    synchronized @Nullable Path image() {
        return Files.exists(image) ? image : null;
    }

    /** Takes a new image, with the storage on the host's side. */
    void write(Resource source) throws IOException {
        requireHost();
        Path unfinished =
                Files.createTempFile(directory, "image", UNFINISHED, PosixFilePermissions.asFileAttribute(PRIVATE));
        try {
            try (InputStream in = source.input();
                    OutputStream out = Files.newOutputStream(unfinished)) {
                in.transferTo(out);
            }
            Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Gives the image back, with the storage on the host's side. */
    void read(Resource target) throws IOException {
        requireHost();
        if (image() == null) {
            throw new DriverException(Reason.NOT_FOUND, "the storage is empty (flash an image first)");
        }
        try (InputStream in = Files.newInputStream(image);
                OutputStream out = target.output()) {
            in.transferTo(out);
        }
    }

    private void requireHost() {
        if (position() != Position.HOST) {
            throw new DriverException(
                    Reason.FAILED_PRECONDITION,
                    "the storage is not connected to the host but to "
                            + position().name().toLowerCase(Locale.ROOT) + " (call host first)");
        }
    }

    void close() throws IOException {
        removeUnfinished();
        if (temporary) {
            Files.deleteIfExists(image);
            removeAll(directory);
        }
    }

    private void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** A firmware may have left files where it ran. */
    private static void removeAll(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    removeAll(entry);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
