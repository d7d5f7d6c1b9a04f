package dev.rigbus.client.typed;

import dev.rigbus.client.Download;
import dev.rigbus.client.DriverNode;
import dev.rigbus.client.ItemStream;
import dev.rigbus.client.Presigned;
import dev.rigbus.client.Upload;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files that the exporter keeps: on its disk, in its memory, or in some store of objects. Folders end with a slash. */
public final class StorageClient {
    private final DriverNode driver;

    public StorageClient(DriverNode driver) {
        this.driver = driver;
    }

    /**
     * What is known of a file or a folder.
     *
     * @param length in bytes
     */
    public record Stat(
            boolean isFile,
            boolean isFolder,
            long length,
            @Nullable String etag) {}

    private interface Use {
        void call(Object file) throws IOException;
    }

    private void open(String path, String mode, Use use) throws IOException {
        Object file = String.valueOf(driver.call("open", path, mode));
        try {
            use.call(file);
        } finally {
            driver.call("file_close", file);
        }
    }

    /** Writes a file, whatever was there. */
    public void write(String path, Upload content) throws IOException {
        open(path, "wb", file -> driver.upload(content, handle -> driver.call("file_write", file, handle)));
    }

    public void write(String path, byte[] content) throws IOException {
        write(path, Upload.of(new ByteArrayInputStream(content)));
    }

    /** Has the exporter fetch what it writes. */
    public void write(String path, Presigned content) throws IOException {
        open(path, "wb", file -> driver.call("file_write", file, content.handle()));
    }

    public void read(String path, Download sink) throws IOException {
        open(path, "rb", file -> driver.download(sink, handle -> driver.call("file_read", file, handle)));
    }

    /** All of a file, in memory. */
    public byte[] read(String path) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        read(path, Download.to(content));
        return content.toByteArray();
    }

    public boolean exists(String path) {
        return Boolean.TRUE.equals(driver.call("exists", path));
    }

    public Stat stat(String path) {
        Map<?, ?> all = map(driver.call("stat", path));
        Map<?, ?> mode = map(all.get("mode"));
        long length = all.get("content_length") instanceof Number number ? number.longValue() : 0;
        Object etag = all.get("etag");
        return new Stat(
                Boolean.TRUE.equals(mode.get("entry_is_file")),
                Boolean.TRUE.equals(mode.get("entry_is_dir")),
                length,
                etag == null ? null : etag.toString());
    }

    private static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalStateException("the storage answers " + value + " (expected: an object)");
    }

    /** In hexadecimal digits. */
    public String sha256(String path) {
        return String.valueOf(driver.call("hash", path, "sha256"));
    }

    /** In hexadecimal digits. */
    public String md5(String path) {
        return String.valueOf(driver.call("hash", path, "md5"));
    }

    public void copy(String from, String to) {
        driver.call("copy", from, to);
    }

    public void rename(String from, String to) {
        driver.call("rename", from, to);
    }

    public void createFolder(String path) {
        driver.call("create_dir", path);
    }

    public void delete(String path) {
        driver.call("delete", path);
    }

    /** A folder with all that is in it. */
    public void deleteAll(String path) {
        driver.call("remove_all", path);
    }

    /** The paths in a folder, the folder itself among them. */
    public Iterator<String> list(String path) {
        return texts(driver.streamingCall("list", path));
    }

    /** The same with all that is below. */
    public Iterator<String> scan(String path) {
        return texts(driver.streamingCall("scan", path));
    }

    private static Iterator<String> texts(ItemStream items) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public String next() {
                return String.valueOf(items.next());
            }
        };
    }

    /** A request by which anybody can read a file for a while; not every store has such. */
    public Presigned presignRead(String path, Duration valid) {
        return presigned(driver.call("presign_read", path, valid.toSeconds()));
    }

    /** A request by which anybody can write a file for a while; not every store has such. */
    public Presigned presignWrite(String path, Duration valid) {
        return presigned(driver.call("presign_write", path, valid.toSeconds()));
    }

    private static Presigned presigned(@Nullable Object answer) {
        Map<?, ?> all = map(answer);
        Map<String, String> headers = new LinkedHashMap<>();
        map(all.get("headers")).forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
        return new Presigned(URI.create(String.valueOf(all.get("url"))), String.valueOf(all.get("method")), headers);
    }

    /** What this store can do, by the names of the Python implementation. */
    public Map<String, @Nullable Object> capability() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        map(driver.call("capability")).forEach((name, value) -> all.put(String.valueOf(name), value));
        return all;
    }
}
