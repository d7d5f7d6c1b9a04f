package dev.rigbus.app.j;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/** Where a command line was typed. */
public interface Io {
    PrintStream out();

    PrintStream err();

    /** What is typed; nothing is taken before this is called. */
    InputStream in() throws IOException;

    /** Where relative paths begin. */
    Path directory();

    boolean isInputTerminal();

    boolean isOutputTerminal();

    boolean isErrorTerminal();

    /** Has the terminal hand over every key as it is, until {@link #cooked()} or the end of the command. */
    void raw() throws IOException;

    /** Sets the terminal back to what it was. */
    void cooked() throws IOException;
}
