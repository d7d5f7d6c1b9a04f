package dev.rigbus.drivers.storage;

import dev.rigbus.driver.DriverException;
import dev.rigbus.driver.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A file that a client has open, to read or to write. Calls to one file wait for each other; whether it is open can be asked at any
 * time. Misuse fails with the texts of the stock driver, which speaks of reading even where it was to write.
 */
final class OpenFile {
    private static final int CHUNK = 64 * 1024;

    private final Storage.@Nullable Reading reading;
    private final Storage.@Nullable Writing writing;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    private OpenFile(Storage.@Nullable Reading reading, Storage.@Nullable Writing writing) {
        this.reading = reading;
        this.writing = writing;
    }

    static OpenFile of(Storage.Reading reading) {
        return new OpenFile(reading, null);
    }

    static OpenFile of(Storage.Writing writing) {
        return new OpenFile(null, writing);
    }

    boolean closed() {
        return closed;
    }

    boolean readable() {
        return !closed && reading != null;
    }

    boolean writable() {
        return !closed && writing != null;
    }

    /** Sends the rest of the file; nothing if there is none, or if this file is not for reading. */
    void copyTo(OutputStream out) throws IOException {
        locked(() -> {
            if (closed || reading == null) {
                return 0;
            }
            byte[] bytes = new byte[CHUNK];
            for (int count = reading.read(bytes); count >= 0; count = reading.read(bytes)) {
                out.write(bytes, 0, count);
            }
            return 0;
        });
    }

    /** Appends all that comes. */
    void copyFrom(InputStream in) throws IOException {
        locked(() -> {
            Storage.Writing file = requireWriting();
            byte[] bytes = new byte[CHUNK];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                file.write(bytes, count);
            }
            return 0;
        });
    }

    /** Fails unless this file can be written to now. */
    Storage.Writing requireWriting() {
        if (closed || writing == null) {
            throw misused(closed ? "closed" : "read only");
        }
        return writing;
    }

    long tell() throws IOException {
        return locked(() -> requireReading().position());
    }

    /** @param whence from where to count: 0 the start, 1 the position, 2 the end */
    long seek(long offset, int whence) throws IOException {
        return locked(() -> {
            Storage.Reading file = requireReading();
            long base = switch (whence) {
                case 0 -> 0;
                case 1 -> file.position();
                case 2 -> file.length();
                default -> throw new IllegalArgumentException("whence: " + whence + " (expected: 0, 1 or 2)");
            };
            long target = base + offset;
            if (target < 0) {
                throw new DriverException(Reason.UNKNOWN, "invalid seek to a negative position");
            }
            file.position(target);
            return target;
        });
    }

    /** Makes what was written final. Closing again is no error. */
    void close() throws IOException {
        locked(() -> {
            if (!closed) {
                closed = true;
                closeStorage();
            }
            return 0;
        });
    }

    /** Closes the file though a call may still use it, which then fails; for when nobody is left to close it. */
    void abandon() throws IOException {
        if (!closed) {
            closed = true;
            closeStorage();
        }
    }

    private void closeStorage() throws IOException {
        if (reading != null) {
            reading.close();
        }
        if (writing != null) {
            writing.close();
        }
    }

    private Storage.Reading requireReading() {
        if (closed || reading == null) {
            throw misused(closed ? "closed" : "write only");
        }
        return reading;
    }

    private static DriverException misused(String state) {
        return new DriverException(Reason.UNKNOWN, "I/O operation failed for reading on " + state + " file.");
    }

    private long locked(Step step) throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("cancelled");
        }
        try {
            return step.run();
        } finally {
            lock.unlock();
        }
    }

    @FunctionalInterface
    private interface Step {
        long run() throws IOException;
    }
}
