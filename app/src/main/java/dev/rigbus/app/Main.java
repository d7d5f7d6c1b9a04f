package dev.rigbus.app;

import dev.rigbus.app.command.Rigbus;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/** The entry point of the process. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Charset charset = Charset.defaultCharset();
        int code = Rigbus.execute(
                new PrintWriter(System.out, true, charset), new PrintWriter(System.err, true, charset), arguments);
        // Exit rather than return: a driver's forgotten thread must not keep the process.
        System.exit(code);
    }
}
