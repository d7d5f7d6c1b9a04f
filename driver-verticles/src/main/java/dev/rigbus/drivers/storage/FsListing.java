package dev.rigbus.drivers.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Walks a directory entry by entry, in the order of the file system, without holding more than one entry. Links are entries of
 * their own and never walked into. What vanishes meanwhile is left out.
 */
final class FsListing implements Iterator<String>, AutoCloseable {
    private final boolean recursive;
    private final FsTree.Place place;
    private final Deque<Level> levels = new ArrayDeque<>();
    private @Nullable String next;

    /**
     * @param start how entries of the directory begin, empty for the root
     * @param shown the directory's own entry, or null if it is not to be listed
     * @param filter how names right in this directory must begin
     */
    FsListing(FsTree.Place place, boolean recursive, String start, @Nullable String shown, String filter)
            throws IOException {
        this.recursive = recursive;
        this.place = place;
        levels.addLast(
                new Level(FsTree.open(place.directory(), place.name()), start, recursive ? shown : null, filter));
        next = recursive || shown == null ? advance() : shown;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public String next() {
        String result = next;
        if (result == null) {
            throw new NoSuchElementException();
        }
        try {
            next = advance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DirectoryIteratorException e) {
            throw new UncheckedIOException(e.getCause());
        }
        return result;
    }

    private @Nullable String advance() throws IOException {
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            if (!level.entries.hasNext()) {
                levels.removeLast().directory.close();
                if (level.shown != null) {
                    return level.shown;
                }
            } else {
                String entry = entry(level, level.entries.next().getFileName());
                if (entry != null) {
                    return entry;
                }
            }
        }
        place.close();
        return null;
    }

    /** How an entry is listed; null if not at all, or not yet. */
    private @Nullable String entry(Level level, Path name) throws IOException {
        if (!name.toString().startsWith(level.filter)) {
            return null;
        }
        BasicFileAttributes attributes = FsTree.attributes(level.directory, name);
        if (attributes == null) {
            return null;
        }
        String path = level.start + name;
        if (!attributes.isDirectory()) {
            return path;
        }
        if (!recursive) {
            return path + "/";
        }
        try {
            levels.addLast(new Level(FsTree.open(level.directory, name), path + "/", path + "/", ""));
        } catch (NoSuchFileException e) {
            // vanished between the two looks
        }
        return null;
    }

    @Override
    public void close() {
        try (place) {
            next = null;
            while (!levels.isEmpty()) {
                levels.removeLast().directory.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Level {
        private final SecureDirectoryStream<Path> directory;
        private final Iterator<Path> entries;
        private final String start;
        private final @Nullable String shown;
        private final String filter;

        Level(SecureDirectoryStream<Path> directory, String start, @Nullable String shown, String filter) {
            this.directory = directory;
            this.entries = directory.iterator();
            this.start = start;
            this.shown = shown;
            this.filter = filter;
        }
    }
}
