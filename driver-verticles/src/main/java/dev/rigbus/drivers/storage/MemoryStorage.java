package dev.rigbus.drivers.storage;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files that live as long as their driver. There are no directories but those that names imply, or that were made. */
final class MemoryStorage implements Storage {
    private final StorageFailure failure = new StorageFailure("memory");
    /** By path; a made directory is an empty file with a slash at its end. */
    private final NavigableMap<String, MemoryFile> files = new ConcurrentSkipListMap<>();

    private final AtomicLong used = new AtomicLong();
    private final long limit;

    /** @param limit how many bytes all files may have, so that one board cannot take the memory of the others */
    MemoryStorage(long limit) {
        this.limit = limit;
    }

    @Override
    public Reading openForReading(String path) {
        String key = fileKey("reader", "read", path);
        MemoryFile file = files.get(key);
        if (file == null) {
            throw failure.notFound("stat", path);
        }
        return new MemoryReading(failure, file);
    }

    @Override
    public Writing openForWriting(String path) {
        String key = fileKey("writer", "write", path);
        put(key, MemoryFile.EMPTY);
        return new MemoryWriting(key);
    }

    @Override
    public Metadata stat(String path) {
        StoragePath parsed = parse("stat", path);
        MemoryFile file = parsed.directory() ? null : files.get(parsed.toString());
        if (file != null) {
            return Metadata.file(file.length());
        }
        if (parsed.isRoot() || hasBelow(asDirectory(parsed))) {
            return Metadata.directory(0);
        }
        throw failure.notFound("stat", path);
    }

    @Override
    public boolean exists(String path) {
        StoragePath parsed = parse("stat", path);
        return parsed.isRoot() || files.containsKey(parsed.toString()) || hasBelow(asDirectory(parsed));
    }

    @Override
    public Stream<String> list(String path, boolean recursive) {
        StoragePath parsed = parse("list", path);
        String start = parsed.isRoot() ? "" : parsed.toString();
        Stream<String> below = startingWith(start).keySet().stream().filter(key -> !key.equals(start));
        if (recursive) {
            return below.filter(key -> !key.endsWith("/"));
        }
        return below.map(key -> firstLevel(key, start.lastIndexOf('/') + 1)).distinct();
    }

    private static String firstLevel(String key, int from) {
        int slash = key.indexOf('/', from);
        return slash < 0 ? key : key.substring(0, slash + 1);
    }

    @Override
    public void copy(String source, String target) {
        throw failure.unsupported("copy", source, target);
    }

    @Override
    public void rename(String source, String target) {
        throw failure.unsupported("rename", source, target);
    }

    @Override
    public void createDirectory(String path) {
        StoragePath parsed = parse("create_dir", path);
        if (!parsed.directory()) {
            throw failure.other(
                    "NotADirectory (permanent) at create_dir => the path trying to create should end with `/`", path);
        }
        if (!parsed.isRoot()) {
            put(parsed.toString(), MemoryFile.EMPTY);
        }
    }

    @Override
    public void delete(String path) {
        remove(parse("delete", path).toString());
    }

    @Override
    public void removeAll(String path) {
        StoragePath parsed = parse("delete", path);
        remove(parsed.toString());
        startingWith(parsed.isRoot() ? "" : asDirectory(parsed)).keySet().forEach(this::remove);
    }

    @Override
    public Map<String, Object> presign(String operation, String path) {
        throw failure.unsupported("presign", path);
    }

    @Override
    public Map<String, @Nullable Object> capability() {
        return Capability.of(
                "blocking",
                "create_dir",
                "delete",
                "list",
                "list_with_recursive",
                "read",
                "stat",
                "write",
                "write_can_empty");
    }

    private StoragePath parse(String operation, String path) {
        try {
            return StoragePath.of(path);
        } catch (StoragePath.Refused e) {
            throw failure.refused(operation, e, path);
        }
    }

    private String fileKey(String operation, String what, String path) {
        StoragePath parsed = parse(what, path);
        if (parsed.directory()) {
            throw failure.isDirectory(operation, what, path);
        }
        return parsed.toString();
    }

    private static String asDirectory(StoragePath path) {
        return path.directory() ? path.toString() : path + "/";
    }

    private boolean hasBelow(String directory) {
        return !startingWith(directory).isEmpty();
    }

    private NavigableMap<String, MemoryFile> startingWith(String start) {
        return files.subMap(start, true, start + Character.MAX_VALUE, false);
    }

    private void put(String key, MemoryFile file) {
        MemoryFile before = files.put(key, file);
        used.addAndGet(before == null ? 0 : -before.length());
    }

    private void remove(String key) {
        MemoryFile before = files.remove(key);
        used.addAndGet(before == null ? 0 : -before.length());
    }

    private final class MemoryWriting implements Writing {
        private final String key;
        private final MemoryFile file = new MemoryFile();

        MemoryWriting(String key) {
            this.key = key;
        }

        @Override
        public void write(byte[] bytes, int length) {
            if (used.addAndGet(length) > limit) {
                used.addAndGet(-length);
                throw new DriverException(
                        Reason.RESOURCE_EXHAUSTED,
                        "StorageFull (permanent) at write => this storage holds at most " + limit
                                + " bytes; delete files and try again");
            }
            file.append(bytes, length);
        }

        @Override
        public void close() {
            file.trim();
            put(key, file);
        }
    }

    private static final class MemoryReading implements Reading {
        private final StorageFailure failure;
        private final MemoryFile file;
        private long position;

        MemoryReading(StorageFailure failure, MemoryFile file) {
            this.failure = failure;
            this.file = file;
        }

        @Override
        public int read(byte[] bytes) {
            if (position > file.length()) {
                throw failure.pastEnd(file.length() - position);
            }
            int count = file.read(position, bytes);
            position += Math.max(count, 0);
            return count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void position(long position) {
            this.position = position;
        }

        @Override
        public long length() {
            return file.length();
        }

        @Override
        public void close() {}
    }
}
