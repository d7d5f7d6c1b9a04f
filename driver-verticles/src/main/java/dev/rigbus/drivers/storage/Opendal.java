package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Concurrent;
import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.driver.OrElse;
import dev.rigbus.driver.Resource;
import dev.rigbus.driver.Validated;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files on the exporter for the client to read, write and list: in a folder, in memory, or on a web server behind it. */
@Validated
@Concurrent
public final class Opendal implements Driver {
    private final DriverContext context;
    private final Storage storage;
    private final boolean removeCreatedOnClose;
    private final OpenFiles files = new OpenFiles();
    private final CreatedPaths created = new CreatedPaths();

    Opendal(OpendalConfig config, DriverContext context) throws IOException {
        this.context = context;
        this.storage = config.open();
        this.removeCreatedOnClose =
                config.removeCreatedOnClose() && config.scheme().equals("fs");
        if (config.removeCreatedOnClose() && !removeCreatedOnClose) {
            context.log()
                    .warn("remove_created_on_close has no effect with the scheme {}, only with fs", config.scheme());
        }
    }

    @Override
    public String client() {
        return "jumpstarter_driver_opendal.client.OpendalClient";
    }

    /** Opens a file to read ({@code rb}) or to write ({@code wb}); the latter creates it, or empties it, at once. */
    @Export
    public UUID open(String path, String mode) {
        files.requireRoom();
        return switch (mode) {
            case "rb" -> files.add(OpenFile.of(storage.openForReading(path)));
            case "wb" -> {
                UUID handle = files.add(OpenFile.of(storage.openForWriting(path)));
                created.add(path);
                yield handle;
            }
            default -> throw unfit("open", 2, "Input should be 'rb' or 'wb'", mode);
        };
    }

    @Export
    public void fileRead(UUID fd, Resource dst) throws IOException {
        OpenFile file = files.get(fd);
        try (OutputStream out = dst.output()) {
            file.copyTo(out);
        }
    }

    @Export
    public void fileWrite(UUID fd, Resource src) throws IOException {
        OpenFile file = files.get(fd);
        file.requireWriting();
        try (InputStream in = src.input()) {
            file.copyFrom(in);
        }
    }

    @Export
    public long fileSeek(UUID fd, long pos, @OrElse("0") int whence) throws IOException {
        return files.get(fd).seek(pos, whence);
    }

    @Export
    public long fileTell(UUID fd) throws IOException {
        return files.get(fd).tell();
    }

    @Export
    public void fileClose(UUID fd) throws IOException {
        files.get(fd).close();
    }

    @Export
    public boolean fileClosed(UUID fd) {
        return files.get(fd).closed();
    }

    @Export
    public boolean fileReadable(UUID fd) {
        return files.get(fd).readable();
    }

    @Export
    public boolean fileSeekable(UUID fd) {
        return files.get(fd).readable();
    }

    @Export
    public boolean fileWritable(UUID fd) {
        return files.get(fd).writable();
    }

    @Export
    public Map<String, @Nullable Object> stat(String path) {
        return storage.stat(path).toWire();
    }

    /** The digest of a file in hexadecimal, by {@code md5} or {@code sha256}. */
    @Export
    public String hash(String path, @OrElse("sha256") String algo) throws IOException, NoSuchAlgorithmException {
        if (!algo.equals("md5") && !algo.equals("sha256")) {
            throw unfit("hash", 2, "Input should be 'md5' or 'sha256'", algo);
        }
        MessageDigest digest = MessageDigest.getInstance(algo.equals("md5") ? "MD5" : "SHA-256");
        try (Storage.Reading file = storage.openForReading(path)) {
            byte[] bytes = new byte[64 * 1024];
            for (int count = file.read(bytes); count >= 0; count = file.read(bytes)) {
                digest.update(bytes, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Export
    public void copy(String source, String target) {
        storage.copy(source, target);
        created.add(target);
    }

    @Export
    public void rename(String source, String target) {
        storage.rename(source, target);
        created.remove(source);
        created.add(target);
    }

    @Export
    public void createDir(String path) {
        storage.createDirectory(path);
        created.add(path);
    }

    @Export
    public void delete(String path) {
        storage.delete(path);
        created.remove(path);
    }

    @Export
    public void removeAll(String path) {
        storage.removeAll(path);
        created.remove(path);
    }

    @Export
    public boolean exists(String path) {
        return storage.exists(path);
    }

    @Export
    public Stream<String> list(String path) {
        return storage.list(path, false);
    }

    @Export
    public Stream<String> scan(String path) {
        return storage.list(path, true);
    }

    @Export
    public Map<String, Object> presignRead(String path, int expireSecond) {
        return storage.presign("read", path);
    }

    @Export
    public Map<String, Object> presignStat(String path, int expireSecond) {
        return storage.presign("stat", path);
    }

    @Export
    public Map<String, Object> presignWrite(String path, int expireSecond) {
        return storage.presign("write", path);
    }

    @Export
    public Map<String, @Nullable Object> capability() {
        return storage.capability();
    }

    @Export
    public List<String> getCreatedResources() {
        return created.all();
    }

    /** Remembers a path as made by the client. */
    @Export
    public void registerPath(String path) {
        created.add(path);
    }

    /** A session that is over leaves its files open if nobody closes them. */
    @Override
    public Future<?> reset() {
        return context.blocking(() -> {
            files.closeAll();
            return true;
        });
    }

    @Override
    public Future<?> close() {
        return context.blocking(() -> {
            try (storage) {
                files.closeAll();
            } finally {
                if (removeCreatedOnClose) {
                    removeCreated();
                }
            }
            return true;
        });
    }

    private void removeCreated() {
        for (String path : created.toRemove()) {
            try {
                storage.removeAll(path);
            } catch (RuntimeException e) {
                context.log().warn("{} cannot be removed: {}", path, e.getMessage());
            }
        }
    }

    private static IllegalArgumentException unfit(String method, int position, String expected, String given) {
        return new IllegalArgumentException("1 validation error for Opendal." + method + "\n" + position + "\n  "
                + expected + ", not '" + given + "'");
    }
}
