package dev.rigbus.app.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the output of this process goes. */
final class Terminal {
    private Terminal() {}

    /** Whether standard error is a terminal; Java itself can only tell that of input and output together. */
    static boolean isErrorOutput() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no /proc here: no colours
        }
    }
}
