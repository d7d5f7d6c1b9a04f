package dev.rigbus.drivers.storage;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place for files: what {@link Opendal} speaks to. Paths come as the client gave them; each storage applies the rules of
 * {@link StoragePath}. All methods block, may be called by several threads, and fail with the texts of {@link StorageFailure}.
 */
interface Storage extends AutoCloseable {
    /** Reads from the start, and can be moved. */
    Reading openForReading(String path);

    /** Creates the file with its directories, or empties it, at once. */
    Writing openForWriting(String path);

    Metadata stat(String path);

    boolean exists(String path);

    /**
     * A path with a slash at its end stands for the directory itself and what is in it, and one without for all of its parent whose
     * path begins so. The stream is lazy and holds a descriptor until it is closed or read to its end.
     *
     * @param recursive with all that is below, directories after what is in them
     */
    Stream<String> list(String path, boolean recursive);

    void copy(String source, String target);

    void rename(String source, String target);

    void createDirectory(String path);

    void delete(String path);

    /** The entry of exactly this path, with all that is below. */
    void removeAll(String path);

    /** @param operation read, stat or write */
    Map<String, Object> presign(String operation, String path);

    Map<String, @Nullable Object> capability();

    @Override
    default void close() {}

    /** An open file to read from. Used by one thread at a time. Interrupting that thread fails the call with an IOException. */
    interface Reading extends AutoCloseable {
        /** The next bytes into the array, -1 at the end; fails when the position is past the end. */
        int read(byte[] bytes) throws IOException;

        long position() throws IOException;

        void position(long position) throws IOException;

        long length() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** An open file to write to. Used by one thread at a time. */
    interface Writing extends AutoCloseable {
        void write(byte[] bytes, int length) throws IOException;

        @Override
        void close() throws IOException;
    }
}
