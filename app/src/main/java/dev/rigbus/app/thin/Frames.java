package dev.rigbus.app.thin;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** What {@code j} and the shell that it runs in say to each other: a letter, a length and so many bytes. One thread may read while others write. */
public final class Frames {
    /** To the shell: the directory, what is a terminal, then the words of the command line, with a zero byte behind each. */
    public static final char COMMAND = 'A';
    /** To the shell: what was typed; nothing means that no more comes. */
    public static final char INPUT = 'I';
    /** From the shell: output, and what goes beside it. */
    public static final char OUTPUT = 'O';

    public static final char ERRORS = 'E';
    /** From the shell: input is wanted; until then it is left to others. */
    public static final char WANTED = 'W';
    /** From the shell: the terminal is to hand over every key as it is. */
    public static final char RAW = 'R';
    /** From the shell: the terminal is to be what it was. */
    public static final char COOKED = 'C';
    /** From the shell: the exit code, in four bytes. */
    public static final char EXIT = 'X';

    private static final int HEADER = 5;
    private static final int MOST = 1 << 20;

    private final SocketChannel channel;

    /** One frame. */
    public record Frame(char kind, byte[] content) {}

    public Frames(SocketChannel channel) {
        this.channel = channel;
    }

    public void send(char kind, byte[] content) throws IOException {
        send(kind, content, 0, content.length);
    }

    public void send(char kind, byte[] content, int offset, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.put((byte) kind).putInt(length).put(content, offset, length).flip();
        synchronized (this) {
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
        }
    }

    /** The next one; fails with {@link EOFException} when the other side is gone. */
    public Frame next() throws IOException {
        ByteBuffer header = read(HEADER);
        char kind = (char) header.get();
        int length = header.getInt();
        if (length < 0 || length > MOST) {
            throw new IOException("a frame of " + length + " bytes");
        }
        return new Frame(kind, read(length).array());
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }
}
