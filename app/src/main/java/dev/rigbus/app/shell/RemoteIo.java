package dev.rigbus.app.shell;

import dev.rigbus.app.j.Io;
import dev.rigbus.app.thin.Frames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** The terminal of a {@code j} that was started by somebody else. */
final class RemoteIo implements Io {
    private static final int PIPE = 64 * 1024;

    private final Frames frames;
    private final Path directory;
    private final String terminals;
    private final PrintStream out;
    private final PrintStream err;
    private final PipedInputStream typed = new PipedInputStream(PIPE);
    private final PipedOutputStream keys;

    /** @param terminals which of input, output and errors are terminals, as {@code ioe} or with dashes */
    RemoteIo(Frames frames, Path directory, String terminals) throws IOException {
        this.frames = frames;
        this.directory = directory;
        this.terminals = terminals;
        this.out = stream(Frames.OUTPUT);
        this.err = stream(Frames.ERRORS);
        this.keys = new PipedOutputStream(typed);
    }

    private PrintStream stream(char kind) {
        OutputStream raw = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                frames.send(kind, new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                frames.send(kind, bytes, offset, length);
            }
        };
        return new PrintStream(new BufferedOutputStream(raw, 8192), true);
    }

    /** Takes what is typed; interrupts the worker when nobody is there any more. */
    void listen(Thread worker) {
        try {
            while (true) {
                Frames.Frame frame = frames.next();
                if (frame.kind() != Frames.INPUT) {
                    continue;
                }
                if (frame.content().length == 0) {
                    keys.close();
                } else {
                    keys.write(frame.content());
                    keys.flush();
                }
            }
        } catch (IOException e) {
            worker.interrupt();
            closeKeys();
        }
    }

    private void closeKeys() {
        try {
            keys.close();
        } catch (IOException e) {
            // Nobody reads any more.
        }
    }

    void flush() {
        out.flush();
        err.flush();
    }

    @Override
    public PrintStream out() {
        return out;
    }

    @Override
    public PrintStream err() {
        return err;
    }

    @Override
    public InputStream in() throws IOException {
        flush();
        frames.send(Frames.WANTED, new byte[0]);
        return typed;
    }

    @Override
    public Path directory() {
        return directory;
    }

    private boolean isTerminal(char which) {
        return terminals.indexOf(which) >= 0;
    }

    @Override
    public boolean isInputTerminal() {
        return isTerminal('i');
    }

    @Override
    public boolean isOutputTerminal() {
        return isTerminal('o');
    }

    @Override
    public boolean isErrorTerminal() {
        return isTerminal('e');
    }

    @Override
    public void raw() throws IOException {
        flush();
        frames.send(Frames.RAW, new byte[0]);
    }

    @Override
    public void cooked() throws IOException {
        flush();
        frames.send(Frames.COOKED, new byte[0]);
    }
}
