package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Copies the file of a running node: all that was committed at one instant, readable by its owner alone, and whole or not there. */
final class Backup {
    private Backup() {}

    static Path write(LabFile file, Path target) {
        Path dir = target.toAbsolutePath().getParent();
        if (dir == null || !Files.isDirectory(dir) || Files.isDirectory(target)) {
            throw new StoreUnavailableException(
                    "cannot back up to " + target + ": give the name of a file in a directory that exists");
        }
        Path part = null;
        try {
            part = Files.createTempFile(
                    dir,
                    ".rigbus-backup",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            copy(file, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            sync(dir);
            return target;
        } catch (SQLException | IOException e) {
            throw new StoreUnavailableException("cannot back up to " + target + ": " + reason(e));
        } finally {
            remove(part);
        }
    }

    private static void copy(LabFile file, Path part) throws SQLException, IOException {
        try (Connection reader = file.reader();
                PreparedStatement copy = reader.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, part.toString());
            copy.execute();
        }
        sync(part);
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static String reason(Exception e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private static void remove(@org.jspecify.annotations.Nullable Path part) {
        try {
            if (part != null) {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            // A leftover that cannot be removed is no reason to call the backup failed.
        }
    }
}
