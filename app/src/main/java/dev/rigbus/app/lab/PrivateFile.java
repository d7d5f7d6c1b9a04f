package dev.rigbus.app.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A file with a secret: nobody else may read it, and it is there whole or not at all. */
public final class PrivateFile {
    private final Path file;
    private final boolean force;

    /** @param force whether one that is there may be replaced */
    public PrivateFile(Path file, boolean force) {
        this.file = file;
        this.force = force;
    }

    /** Fails where {@link #write} would, before anything is done that cannot be undone. */
    public void check() throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory (expected: the file to write)");
        }
        if (!force && Files.exists(file)) {
            throw new FileAlreadyExistsException(
                    file + " is there already; choose another name, or replace it with --force");
        }
        Path folder = folder();
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder + ": no such directory");
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder + " may not be written to (permission denied)");
        }
    }

    public void write(String text) throws IOException {
        write(draft -> Files.writeString(draft, text, UTF_8));
    }

    /** Writes it as somebody does who is given an empty file in its folder. */
    public void write(Writer writer) throws IOException {
        check();
        Path draft = Files.createTempFile(
                folder(),
                "." + file.getFileName(),
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            writer.write(draft);
            publish(draft);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** A link, unlike a move, fails where somebody else was first. */
    private void publish(Path draft) throws IOException {
        if (force) {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        try {
            Files.createLink(file, draft);
        } catch (UnsupportedOperationException e) {
            Files.move(draft, file);
        }
    }

    private Path folder() {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** Fills a file. */
    public interface Writer {
        void write(Path draft) throws IOException;
    }
}
