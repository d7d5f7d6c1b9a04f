package dev.rigbus.app.shell;

import dev.rigbus.app.j.Io;
import dev.rigbus.app.log.Terminal;
import dev.rigbus.app.thin.RawTerminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** The terminal of this process. */
public final class LocalIo implements Io {
    private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
    private final PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true);

    @Override
    public PrintStream out() {
        return out;
    }

    @Override
    public PrintStream err() {
        return err;
    }

    @Override
    public InputStream in() {
        return System.in;
    }

    @Override
    public Path directory() {
        return Path.of("").toAbsolutePath();
    }

    @Override
    public boolean isInputTerminal() {
        return Terminal.isInput();
    }

    @Override
    public boolean isOutputTerminal() {
        return Terminal.isOutput();
    }

    @Override
    public boolean isErrorTerminal() {
        return Terminal.isErrorOutput();
    }

    @Override
    public void raw() throws IOException {
        RawTerminal.set();
    }

    @Override
    public void cooked() throws IOException {
        RawTerminal.reset();
    }
}
