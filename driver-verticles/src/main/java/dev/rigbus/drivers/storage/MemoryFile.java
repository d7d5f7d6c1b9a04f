package dev.rigbus.drivers.storage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The content of a file in memory, in pieces, so that it grows without being copied. Immutable once it is in a storage. */
final class MemoryFile {
    static final MemoryFile EMPTY = new MemoryFile();
    private static final int PIECE = 256 * 1024;

    private final List<byte[]> pieces = new ArrayList<>();
    private long length;

    long length() {
        return length;
    }

    void append(byte[] bytes, int count) {
        int done = 0;
        while (done < count) {
            int used = (int) (length % PIECE);
            if (used == 0) {
                pieces.add(new byte[PIECE]);
            }
            int part = Math.min(count - done, PIECE - used);
            System.arraycopy(bytes, done, pieces.get(pieces.size() - 1), used, part);
            done += part;
            length += part;
        }
    }

    /** Gives back what the last piece does not need: small files are many. */
    void trim() {
        int used = (int) (length % PIECE);
        if (used > 0) {
            pieces.set(pieces.size() - 1, Arrays.copyOf(pieces.get(pieces.size() - 1), used));
        }
    }

    /** As many bytes from the position as one piece has, -1 at the end. */
    int read(long position, byte[] into) {
        if (position >= length) {
            return -1;
        }
        int offset = (int) (position % PIECE);
        int count = (int) Math.min(Math.min(into.length, PIECE - offset), length - position);
        System.arraycopy(pieces.get((int) (position / PIECE)), offset, into, 0, count);
        return count;
    }
}
