package dev.rigbus.app.thin;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** The terminal of this process, which is set back when the process ends, in whatever way it can notice. */
public final class RawTerminal {
    private static @Nullable String before;

    private RawTerminal() {}

    /** Has it hand over every key as it is. */
    public static synchronized void set() throws IOException {
        if (before == null) {
            before = stty("-g").strip();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    reset();
                } catch (IOException e) {
                    System.err.println("the terminal could not be set back; type `reset`");
                }
            }));
        }
        stty("raw", "-echo");
    }

    /** Sets it back to what it was before. */
    public static synchronized void reset() throws IOException {
        if (before != null) {
            stty(before);
        }
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/tty"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
        try {
            if (process.waitFor() != 0) {
                throw new IOException("the terminal cannot be set: stty fails");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return said;
    }
}
