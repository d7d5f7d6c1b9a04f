package dev.rigbus.drivers.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;

/** An open file of the file system. Interrupting its reader or writer closes it. */
final class FsFile implements Storage.Reading, Storage.Writing {
    private final StorageFailure failure;
    private final String path;
    private final FileChannel channel;

    /** @param path as the client gave it, for texts */
    FsFile(StorageFailure failure, String path, FileChannel channel) {
        this.failure = failure;
        this.path = path;
        this.channel = channel;
    }

    @Override
    public int read(byte[] bytes) throws IOException {
        return told("read", () -> {
            int count = channel.read(ByteBuffer.wrap(bytes));
            long missing = channel.size() - channel.position();
            if (count < 0 && missing < 0) {
                throw failure.pastEnd(missing);
            }
            return count;
        });
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        told("write", () -> {
            ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            return length;
        });
    }

    @Override
    public long position() throws IOException {
        return told("read", channel::position);
    }

    @Override
    public void position(long position) throws IOException {
        told("read", () -> channel.position(position));
    }

    @Override
    public long length() throws IOException {
        return told("stat", channel::size);
    }

    @Override
    public void close() throws IOException {
        told("close", () -> {
            channel.close();
            return true;
        });
    }

    private <T> T told(String operation, Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw failure.io(operation, e, path);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }
}
