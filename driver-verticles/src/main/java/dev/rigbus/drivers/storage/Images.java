package dev.rigbus.drivers.storage;

import dev.rigbus.driver.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Images by name, each in a temporary file whose name the client has no part in. An image is replaced as a whole, when all of it
 * has come; one that fails on the way leaves the one before.
 */
final class Images implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;

    private final Map<String, Path> images = new TreeMap<>();

    void write(String name, Resource source) throws IOException {
        Path fresh = Files.createTempFile("rigbus-image-", ".img");
        try {
            try (InputStream in = source.input();
                    OutputStream out = Files.newOutputStream(fresh)) {
                copy(in, out);
            }
            Path old = replace(name, fresh);
            if (old != null) {
                Files.deleteIfExists(old);
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(fresh);
            if (e instanceof IOException io && StorageFailure.outOfSpace(io)) {
                throw new StorageFailure("image").io("write", io, name);
            }
            throw e;
        }
    }

    void read(String name, Resource target) throws IOException {
        try (InputStream in = open(name);
                OutputStream out = target.output()) {
            copy(in, out);
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] bytes = new byte[CHUNK];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            out.write(bytes, 0, count);
        }
    }

    /** Opens it before anybody can replace it: an open file outlives its name. */
    private synchronized InputStream open(String name) throws IOException {
        Path image = images.get(name);
        if (image == null) {
            throw new NoSuchFileException(name);
        }
        return Files.newInputStream(image);
    }

    private synchronized @Nullable Path replace(String name, Path fresh) {
        return images.put(name, fresh);
    }

    /** Removes every image. */
    @Override
    public void close() throws IOException {
        for (Path image : takeAll()) {
            Files.deleteIfExists(image);
        }
    }

    private synchronized List<Path> takeAll() {
        List<Path> all = new ArrayList<>(images.values());
        images.clear();
        return all;
    }
}
