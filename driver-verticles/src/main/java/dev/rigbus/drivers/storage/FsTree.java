package dev.rigbus.drivers.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds places below a root, and only there. It goes down name by name, each opened relative to the directory before and never
 * through a link; links are read and their names walked in the same way. So nobody who changes the tree meanwhile can lead it out.
 */
final class FsTree {
    private static final int MOST_LINKS = 40;
    private static final Path HERE = Path.of(".");

    private final Path configured;
    private final Path root;

    /** @param configured an existing directory */
    FsTree(Path configured) throws IOException {
        this.configured = configured.toAbsolutePath().normalize();
        this.root = configured.toRealPath();
    }

    /** How to go. */
    enum Walk {
        /** A link at the end is the place. */
        TO_LINK,
        /** What a link at the end points to is the place. */
        THROUGH_LINK,
        /** As {@link #THROUGH_LINK}, and missing directories on the way are made. */
        MAKING_DIRECTORIES
    }

    /** A name in an open directory, which may or may not exist. */
    static final class Place implements AutoCloseable {
        private final Deque<SecureDirectoryStream<Path>> opened;
        private final Path name;

        private Place(Deque<SecureDirectoryStream<Path>> opened, Path name) {
            this.opened = opened;
            this.name = name;
        }

        SecureDirectoryStream<Path> directory() {
            return opened.getLast();
        }

        Path name() {
            return name;
        }

        @Nullable
        BasicFileAttributes attributes() throws IOException {
            return FsTree.attributes(directory(), name);
        }

        @Override
        public void close() throws IOException {
            closeAll(opened);
        }
    }

    /**
     * The place of a path. A directory on the way that is missing or none fails it.
     *
     * @throws StoragePath.Refused if a link on the way leads out of the root
     */
    Place find(List<String> names, Walk walk) throws IOException, StoragePath.Refused {
        Walker walker = new Walker(walk, names);
        try {
            return walker.walk();
        } catch (IOException | RuntimeException | StoragePath.Refused e) {
            closeAll(walker.opened);
            throw e;
        }
    }

    /** What stands there, itself and not what it points to; null when there is nothing. */
    static @Nullable BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
            throws IOException {
        try {
            return directory
                    .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        return directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
    }

    private static void closeAll(Deque<SecureDirectoryStream<Path>> opened) throws IOException {
        while (!opened.isEmpty()) {
            opened.removeLast().close();
        }
    }

    private SecureDirectoryStream<Path> openRoot() throws IOException {
        if (Files.newDirectoryStream(root) instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException(
                "this system has no safe access to directories; put the root on a local Linux file system");
    }

    private final class Walker {
        private final Walk walk;
        private final Deque<String> todo;
        private final Deque<SecureDirectoryStream<Path>> opened = new ArrayDeque<>();
        private final List<String> done = new ArrayList<>();
        private int links;

        Walker(Walk walk, List<String> names) {
            this.walk = walk;
            this.todo = new ArrayDeque<>(names);
        }

        Place walk() throws IOException, StoragePath.Refused {
            opened.addLast(openRoot());
            while (!todo.isEmpty()) {
                String name = todo.removeFirst();
                if (name.equals("..")) {
                    up();
                } else if (!name.equals(".") && !name.isEmpty()) {
                    BasicFileAttributes found = attributes(opened.getLast(), Path.of(name));
                    boolean last = todo.isEmpty();
                    if (found != null && found.isSymbolicLink() && !(last && walk == Walk.TO_LINK)) {
                        follow(name);
                    } else if (last) {
                        return new Place(opened, Path.of(name));
                    } else {
                        down(name, found);
                    }
                }
            }
            return new Place(opened, HERE);
        }

        private void up() throws IOException, StoragePath.Refused {
            if (done.isEmpty()) {
                throw leadsOut();
            }
            done.remove(done.size() - 1);
            opened.removeLast().close();
        }

        private void down(String name, @Nullable BasicFileAttributes found) throws IOException {
            if (found == null) {
                if (walk != Walk.MAKING_DIRECTORIES) {
                    throw new NoSuchFileException(name);
                }
                make(name);
            } else if (!found.isDirectory()) {
                throw new NotDirectoryException(name);
            }
            opened.addLast(open(opened.getLast(), Path.of(name)));
            done.add(name);
        }

        /**
         * There is no way to make a directory relative to an open one. Should the way there be bent at this very moment, an empty
         * directory comes to be elsewhere, and the walk fails as it does not find it here.
         */
        private void make(String name) throws IOException {
            try {
                Files.createDirectory(reached().resolve(name));
            } catch (FileAlreadyExistsException e) {
                // somebody else was faster
            }
        }

        private void follow(String name) throws IOException, StoragePath.Refused {
            if (++links > MOST_LINKS) {
                throw new FileSystemLoopException(name);
            }
            Path target = Files.readSymbolicLink(reached().resolve(name));
            if (target.isAbsolute()) {
                target = below(target);
                while (!done.isEmpty()) {
                    up();
                }
            }
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                todo.addFirst(target.getName(i).toString());
            }
        }

        /** The rest of an absolute link below the root, not normalised: its names are still to be walked. */
        private Path below(Path target) throws StoragePath.Refused {
            for (Path top : List.of(root, configured)) {
                if (target.equals(top)) {
                    return HERE;
                }
                if (target.startsWith(top)) {
                    return target.subpath(top.getNameCount(), target.getNameCount());
                }
            }
            throw leadsOut();
        }

        private StoragePath.Refused leadsOut() {
            return new StoragePath.Refused("a symbolic link in the path leads out of the root of this storage");
        }

        private Path reached() {
            return root.resolve(String.join("/", done));
        }
    }

    /** Removes an entry and all that is below it; links are removed, not followed. */
    static void remove(SecureDirectoryStream<Path> directory, Path name) throws IOException {
        BasicFileAttributes found = attributes(directory, name);
        try {
            if (found != null && found.isDirectory()) {
                try (SecureDirectoryStream<Path> inside = open(directory, name)) {
                    removeContent(inside);
                }
                directory.deleteDirectory(name);
            } else if (found != null) {
                directory.deleteFile(name);
            }
        } catch (NoSuchFileException e) {
            // gone already, which is what was wanted
        }
    }

    static void removeContent(SecureDirectoryStream<Path> directory) throws IOException {
        try {
            for (Path entry : directory) {
                remove(directory, entry.getFileName());
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
