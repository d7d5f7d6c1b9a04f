package dev.rigbus.drivers.storage;

import dev.rigbus.drivers.storage.FsTree.Place;
import dev.rigbus.drivers.storage.FsTree.Walk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Files in a folder of the exporter. */
final class FsStorage implements Storage {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> WRITE = Set.of(
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS);

    private final StorageFailure failure = new StorageFailure("fs");
    private final FsTree tree;

    /** Makes the root if it is missing. */
    FsStorage(Path root) throws IOException {
        Files.createDirectories(root);
        this.tree = new FsTree(root);
    }

    @Override
    public Reading openForReading(String path) {
        return guarded(
                "stat",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    if (parsed.directory()) {
                        throw failure.isDirectory("reader", "read", path);
                    }
                    try (Place place = tree.find(parsed.names(), Walk.THROUGH_LINK)) {
                        return new FsFile(failure, path, openFile(place, "reader", "read", READ, path));
                    }
                },
                path);
    }

    @Override
    public Writing openForWriting(String path) {
        return guarded(
                "write",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    if (parsed.directory()) {
                        throw failure.isDirectory("writer", "write", path);
                    }
                    try (Place place = tree.find(parsed.names(), Walk.MAKING_DIRECTORIES)) {
                        return new FsFile(failure, path, openFile(place, "writer", "write", WRITE, path));
                    }
                },
                path);
    }

    /** Opens plain files only: opening a pipe or a device could block, or do something to it. */
    private FileChannel openFile(Place place, String operation, String what, Set<OpenOption> options, String... paths)
            throws IOException {
        BasicFileAttributes found = place.attributes();
        if (found != null && found.isDirectory()) {
            throw failure.isDirectory(operation, what, paths);
        }
        if (found != null && !found.isRegularFile()) {
            throw failure.other("Unexpected (permanent) at Operator::" + operation + " => not a regular file", paths);
        }
        return (FileChannel) place.directory().newByteChannel(place.name(), options);
    }

    @Override
    public Metadata stat(String path) {
        return guarded(
                "stat",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    if (parsed.isRoot()) {
                        return Metadata.directory(0);
                    }
                    BasicFileAttributes found = found(parsed);
                    if (found == null) {
                        throw failure.notFound("stat", path);
                    }
                    if (parsed.directory() && !found.isDirectory()) {
                        throw failure.other(
                                "NotFound (permanent) at  => stat expected a directory, but found a file", path);
                    }
                    return new Metadata(
                            found.size(), found.isRegularFile(), found.isDirectory(), null, null, null, null);
                },
                path);
    }

    @Override
    public boolean exists(String path) {
        return guarded(
                "stat",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    BasicFileAttributes found = found(parsed);
                    return found != null && (found.isDirectory() || !parsed.directory());
                },
                path);
    }

    private @Nullable BasicFileAttributes found(StoragePath path) throws IOException, StoragePath.Refused {
        try (Place place = tree.find(path.names(), Walk.THROUGH_LINK)) {
            return place.attributes();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    @Override
    public Stream<String> list(String path, boolean recursive) {
        return guarded(
                "list",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    StoragePath folder = parsed.directory() ? parsed : parsed.parent();
                    String start = folder.isRoot() ? "" : folder.toString();
                    Place place;
                    try {
                        place = tree.find(folder.names(), Walk.THROUGH_LINK);
                    } catch (NoSuchFileException | NotDirectoryException e) {
                        return Stream.empty();
                    }
                    try {
                        FsListing listing = parsed.directory()
                                ? new FsListing(place, recursive, start, folder.toString(), "")
                                : new FsListing(place, recursive, start, null, parsed.name());
                        int properties = Spliterator.ORDERED | Spliterator.NONNULL;
                        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(listing, properties), false)
                                .onClose(listing::close);
                    } catch (NoSuchFileException | NotDirectoryException e) {
                        place.close();
                        return Stream.empty();
                    } catch (IOException e) {
                        place.close();
                        throw e;
                    }
                },
                path);
    }

    @Override
    public void copy(String source, String target) {
        done(
                "copy",
                () -> {
                    StoragePath from = file(source, "copy", "from", source, target);
                    StoragePath to = file(target, "copy", "to", source, target);
                    try (Place read = tree.find(from.names(), Walk.THROUGH_LINK);
                            FileChannel in = openFile(read, "copy", "from", READ, source, target);
                            Place write = tree.find(to.names(), Walk.MAKING_DIRECTORIES)) {
                        requireDifferent("copy", read.attributes(), write.attributes(), source, target);
                        try (FileChannel out = openFile(write, "copy", "to", WRITE, source, target)) {
                            transfer(in, out);
                        } catch (IOException e) {
                            FsTree.remove(write.directory(), write.name());
                            throw e;
                        }
                    }
                },
                source,
                target);
    }

    private static void transfer(FileChannel in, FileChannel out) throws IOException {
        long position = 0;
        for (long count = -1; count != 0; position += count) {
            count = in.transferTo(position, Integer.MAX_VALUE, out);
        }
    }

    @Override
    public void rename(String source, String target) {
        done(
                "rename",
                () -> {
                    StoragePath from = file(source, "move_", "from", source, target);
                    StoragePath to = file(target, "move_", "to", source, target);
                    try (Place old = tree.find(from.names(), Walk.TO_LINK)) {
                        BasicFileAttributes found = old.attributes();
                        if (found == null) {
                            throw failure.notFound("rename", source, target);
                        }
                        tree.find(parentOf(to), Walk.MAKING_DIRECTORIES).close();
                        try (Place fresh = tree.find(to.names(), Walk.TO_LINK)) {
                            requireDifferent("move_", found, fresh.attributes(), source, target);
                            old.directory().move(old.name(), fresh.directory(), fresh.name());
                        }
                    }
                },
                source,
                target);
    }

    private StoragePath file(String path, String operation, String what, String... paths) throws StoragePath.Refused {
        StoragePath parsed = StoragePath.of(path);
        if (parsed.directory()) {
            throw failure.isDirectory(operation, what, paths);
        }
        return parsed;
    }

    private void requireDifferent(
            String operation, @Nullable BasicFileAttributes one, @Nullable BasicFileAttributes other, String... paths) {
        if (one != null && other != null && Objects.equals(one.fileKey(), other.fileKey())) {
            throw failure.other("IsSameFile (permanent) at Operator::" + operation + " => paths are same", paths);
        }
    }

    /** The names of the directory, with one more that stands for itself, so that the last directory is walked as well. */
    private static List<String> asDirectory(List<String> names) {
        List<String> inside = new ArrayList<>(names);
        inside.add(".");
        return inside;
    }

    private static List<String> parentOf(StoragePath path) {
        return asDirectory(path.parent().names());
    }

    @Override
    public void createDirectory(String path) {
        done(
                "create_dir",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    if (!parsed.directory()) {
                        throw failure.other(
                                "NotADirectory (permanent) at create_dir => the path trying to create should end with `/`",
                                path);
                    }
                    tree.find(asDirectory(parsed.names()), Walk.MAKING_DIRECTORIES)
                            .close();
                },
                path);
    }

    @Override
    public void delete(String path) {
        done(
                "delete",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    if (parsed.isRoot()) {
                        throw failure.other(
                                "Unexpected (permanent) at delete => the root of a storage cannot be deleted", path);
                    }
                    try (Place place = tree.find(parsed.names(), Walk.TO_LINK)) {
                        delete(place, parsed, path);
                    } catch (NoSuchFileException | NotDirectoryException e) {
                        // there is nothing, which is what was wanted
                    }
                },
                path);
    }

    private void delete(Place place, StoragePath parsed, String path) throws IOException {
        BasicFileAttributes found = place.attributes();
        if (found == null) {
            return;
        }
        if (!found.isDirectory() && (parsed.directory() || found.isSymbolicLink() && leadsToDirectory(parsed))) {
            throw failure.other("Unexpected (temporary) at delete => not a directory", path);
        }
        try {
            if (found.isDirectory()) {
                place.directory().deleteDirectory(place.name());
            } else {
                place.directory().deleteFile(place.name());
            }
        } catch (DirectoryNotEmptyException e) {
            throw failure.other("Unexpected (temporary) at delete => directory not empty", path);
        }
    }

    /** The stock exporter takes a link to a directory for one, and then cannot delete it; a link that leads out is just a link. */
    private boolean leadsToDirectory(StoragePath link) throws IOException {
        try {
            BasicFileAttributes found = found(link);
            return found != null && found.isDirectory();
        } catch (StoragePath.Refused e) {
            return false;
        }
    }

    @Override
    public void removeAll(String path) {
        done(
                "delete",
                () -> {
                    StoragePath parsed = StoragePath.of(path);
                    try (Place place = tree.find(parsed.names(), Walk.TO_LINK)) {
                        if (parsed.isRoot()) {
                            FsTree.removeContent(place.directory());
                        } else {
                            FsTree.remove(place.directory(), place.name());
                        }
                    } catch (NoSuchFileException | NotDirectoryException e) {
                        // there is nothing, which is what was wanted
                    }
                },
                path);
    }

    @Override
    public Map<String, Object> presign(String operation, String path) {
        throw failure.unsupported("presign", path);
    }

    @Override
    public Map<String, @Nullable Object> capability() {
        return Capability.of(
                "blocking",
                "copy",
                "create_dir",
                "delete",
                "list",
                "read",
                "rename",
                "shared",
                "stat",
                "write",
                "write_can_append",
                "write_can_empty",
                "write_can_multi");
    }

    private <T> T guarded(String operation, Task<T> task, String... paths) {
        try {
            return task.run();
        } catch (StoragePath.Refused e) {
            throw failure.refused(operation, e, paths);
        } catch (IOException e) {
            throw failure.io(operation, e, paths);
        } catch (java.nio.file.InvalidPathException e) {
            throw failure.other(
                    "Unexpected (permanent) at " + operation + " => the exporter's system cannot spell this name",
                    paths);
        }
    }

    private void done(String operation, Action action, String... paths) {
        guarded(
                operation,
                () -> {
                    action.run();
                    return true;
                },
                paths);
    }

    @FunctionalInterface
    private interface Task<T> {
        T run() throws IOException, StoragePath.Refused;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException, StoragePath.Refused;
    }
}
