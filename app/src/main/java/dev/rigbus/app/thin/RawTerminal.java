package dev.rigbus.app.thin;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;

/** The terminal of this process, which is set back when the process ends, in whatever way it can notice. */
public final class RawTerminal {
    private RawTerminal() {}

    /** Has it hand over every key as it is. */
    public static void set() throws IOException {
        String before = stty("-g").strip();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                stty(before);
            } catch (IOException e) {
                System.err.println("the terminal could not be set back; type `reset`");
            }
        }));
        stty("raw", "-echo");
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
