package dev.rigbus.app.thin;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/** Hands a command line to the shell that it was typed in, and its input, output and exit code back and forth. */
public final class Thin {
    /** The environment variable with the socket of the shell. */
    public static final String SOCKET = "RIGBUS_SHELL";

    /** In front of a line that is to be completed. */
    private static final String COMPLETE = "--complete";

    private static final int FAILURE = 1;

    private final Frames frames;
    private final PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false);
    private final PrintStream err = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), false);
    private boolean reading;

    private Thin(SocketChannel channel) {
        this.frames = new Frames(channel);
    }

    public static void main(String[] arguments) {
        String path = System.getenv(SOCKET);
        if (path == null) {
            System.err.println("Error: the j command must be used inside a rigbus shell: " + SOCKET + " not set");
            System.exit(FAILURE);
            return;
        }
        int code = FAILURE;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            code = new Thin(channel).run(arguments);
        } catch (IOException e) {
            System.err.println("Error: the shell that this belongs to is gone (" + e.getMessage() + ")");
        }
        // A thread may still wait for input.
        Runtime.getRuntime().exit(code);
    }

    private int run(String[] arguments) throws IOException {
        Charset text = Charset.defaultCharset();
        StringBuilder command = new StringBuilder(System.getProperty("user.dir")).append('\0');
        command.append(isTerminal(0) ? 'i' : '-')
                .append(isTerminal(1) ? 'o' : '-')
                .append(isTerminal(2) ? 'e' : '-')
                .append('\0');
        // A shell that completes a line asks with the line in its environment.
        String half = System.getenv("COMP_LINE");
        for (String each : half == null ? arguments : new String[] {COMPLETE, half}) {
            command.append(each).append('\0');
        }
        frames.send(Frames.COMMAND, command.toString().getBytes(text));
        while (true) {
            Frames.Frame frame;
            try {
                frame = frames.next();
            } catch (EOFException e) {
                err.println("Error: the shell that this belongs to has ended");
                return FAILURE;
            }
            switch (frame.kind()) {
                case Frames.OUTPUT -> pass(frame, out);
                case Frames.ERRORS -> pass(frame, err);
                case Frames.WANTED -> read();
                case Frames.RAW -> RawTerminal.set();
                case Frames.COOKED -> RawTerminal.reset();
                case Frames.EXIT -> {
                    return ByteBuffer.wrap(frame.content()).getInt();
                }
                default -> throw new IOException("it says " + frame.kind());
            }
        }
    }

    private static void pass(Frames.Frame frame, PrintStream to) {
        to.write(frame.content(), 0, frame.content().length);
        to.flush();
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void read() {
        if (reading) {
            return;
        }
        reading = true;
        Thread reader = new Thread(
                () -> {
                    byte[] chunk = new byte[8192];
                    InputStream in = System.in;
                    try {
                        for (int size = in.read(chunk); size >= 0; size = in.read(chunk)) {
                            frames.send(Frames.INPUT, chunk, 0, size);
                        }
                        frames.send(Frames.INPUT, new byte[0]);
                    } catch (IOException e) {
                        // The other side has heard enough.
                    }
                },
                "input");
        reader.setDaemon(true);
        reader.start();
    }
}
