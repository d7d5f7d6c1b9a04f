package dev.rigbus.app.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the output of this process goes. */
public final class Terminal {
    private Terminal() {}

    /** Whether standard output is a terminal; Java itself can only tell that of input and output together. */
    public static boolean isOutput() {
        return isTerminal(1);
    }

    /** The same of standard input. */
    public static boolean isInput() {
        return isTerminal(0);
    }

    /** The same of standard error. */
    public static boolean isErrorOutput() {
        return isTerminal(2);
    }

    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no /proc here: no colours
        }
    }
}
