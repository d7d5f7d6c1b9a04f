package dev.rigbus.drivers.testing;

import com.pty4j.unix.Pty;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A pseudo terminal: the device is the test, the port is a link to the terminal's other end. */
public final class PtyPair implements AutoCloseable {
    private final Path link;
    private Pty pty;

    public PtyPair(Path link) throws IOException {
        this.link = link;
        this.pty = plug();
    }

    private Pty plug() throws IOException {
        Pty plugged = new Pty();
        Files.createSymbolicLink(link, Path.of(plugged.getSlaveName()));
        return plugged;
    }

    public String path() {
        return link.toString();
    }

    public String terminal() {
        return pty.getSlaveName();
    }

    /** The device is pulled out. */
    public void unplug() throws IOException {
        Files.delete(link);
        pty.close();
    }

    /** Another device appears under the same name. */
    public void plugAgain() throws IOException {
        pty = plug();
    }

    public void write(byte[] bytes) throws IOException {
        pty.getOutputStream().write(bytes);
        pty.getOutputStream().flush();
    }

    /** Waits for so many bytes. */
    public byte[] read(int count) throws IOException {
        byte[] result = new byte[count];
        for (int at = 0; at < count; ) {
            int read = pty.getInputStream().read(result, at, count - at);
            if (read < 0) {
                throw new IOException("ended after " + at + " bytes: " + new String(Arrays.copyOf(result, at)));
            }
            at += read;
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(link);
        if (!pty.isClosed()) {
            pty.close();
        }
    }
}
