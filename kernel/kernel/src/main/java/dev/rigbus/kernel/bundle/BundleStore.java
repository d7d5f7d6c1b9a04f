package dev.rigbus.kernel.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The content of bundles on this node, by its SHA-256: what is there is whole, and never changes. All methods block; different contents may be
 * written at the same time.
 */
public final class BundleStore {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String JAR = ".jar";
    private static final String HALF = ".half";

    private final Path folder;

    /** @param folder made when the first content comes */
    public BundleStore(Path folder) {
        this.folder = folder;
    }

    private static void check(String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("\"" + hash + "\" is no SHA-256 in small hexadecimal letters");
        }
    }

    private Path file(String hash, String kind) {
        check(hash);
        return folder.resolve(hash + kind);
    }

    public boolean has(String hash) {
        return Files.exists(file(hash, JAR));
    }

    /** The jar; there only if {@link #has} says so. */
    public Path jar(String hash) {
        return file(hash, JAR);
    }

    /** Where the jars inside are unpacked. */
    Path unpacked(String hash) {
        return file(hash, "");
    }

    public static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How much of a content has come so far; -1 if all of it is there. */
    public long received(String hash) throws IOException {
        if (has(hash)) {
            return -1;
        }
        Path half = file(hash, HALF);
        return Files.exists(half) ? Files.size(half) : 0;
    }

    /**
     * Takes a piece of a content; one that is there already is passed over.
     *
     * @param last whether the content is whole with it
     * @throws BundleException if the whole does not have this hash; then none of it is kept
     */
    public synchronized void put(String hash, long offset, byte[] piece, boolean last)
            throws IOException, BundleException {
        if (has(hash)) {
            return;
        }
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path half = file(hash, HALF);
        try (FileChannel to = FileChannel.open(half, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (offset > to.size()) {
                throw new BundleException("a piece of " + hash + " is missing before byte " + offset);
            }
            to.truncate(offset);
            ByteBuffer bytes = ByteBuffer.wrap(piece);
            to.position(offset);
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
            if (last) {
                to.force(true);
            }
        }
        if (last) {
            String found = hash(half);
            if (!found.equals(hash)) {
                Files.delete(half);
                throw new BundleException("what came is " + found + " and not " + hash + "; it is not kept");
            }
            Files.move(half, jar(hash), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** A piece of what is there, empty behind its end. */
    public byte[] get(String hash, long offset, int most) throws IOException {
        try (FileChannel from = FileChannel.open(jar(hash), StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(most, from.size() - offset)));
            from.position(offset);
            while (bytes.hasRemaining() && from.read(bytes) >= 0) {
                // Until the piece is full.
            }
            return bytes.array();
        }
    }

    /** Forgets everything but these. */
    public void keep(Set<String> hashes) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path each : all) {
                String name = each.getFileName().toString();
                String hash = name.substring(0, name.contains(".") ? name.indexOf('.') : name.length());
                if (HASH.matcher(hash).matches() && !name.endsWith(HALF) && !hashes.contains(hash)) {
                    delete(each);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing has come yet.
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> inside = Files.list(path)) {
                for (Path each : inside.toList()) {
                    Files.delete(each);
                }
            }
        }
        Files.delete(path);
    }
}
