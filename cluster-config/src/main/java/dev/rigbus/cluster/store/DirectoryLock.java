package dev.rigbus.cluster.store;

import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Keeps a second process away from a data directory; the system lets go of it however a process ends. */
final class DirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Locks a file and makes its directory if there is none. */
    static DirectoryLock take(Path file) {
        Path dir = file.toAbsolutePath().resolveSibling("").normalize();
        Path lock = file.resolveSibling(file.getFileName() + ".lock");
        try {
            if (!Files.isDirectory(dir)) {
                Files.createDirectories(
                        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel channel = FileChannel.open(
                    lock, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                String holder = holder(channel);
                channel.close();
                throw new StoreUnavailableException("the data directory " + dir + " is in use by another process"
                        + (holder.isEmpty() ? "" : " (" + holder + ")")
                        + "; stop it, or give this node a directory of its own with --data");
            }
            write(channel, "process " + ProcessHandle.current().pid());
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw new StoreUnavailableException("cannot use the data directory " + dir + ": " + e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this process
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(64);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, String text) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
        } catch (IOException e) {
            // Only a hint for the other process; a full disk must not keep this one from starting.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closed or not, the process's end frees it.
        }
    }
}
