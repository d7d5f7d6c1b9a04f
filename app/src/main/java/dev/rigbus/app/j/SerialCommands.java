package dev.rigbus.app.j;

import dev.rigbus.client.RawStream;
import dev.rigbus.client.typed.SerialConsole;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A serial port. */
@Command(description = "Serial port client")
final class SerialCommands extends GroupCommands {
    private static final int CTRL_B = 2;
    private static final int TIMES = 3;

    private final SerialConsole serial;
    private final Io io;

    SerialCommands(SerialConsole serial, Io io) {
        this.serial = serial;
        this.io = io;
    }

    @Command(name = "start-console", description = "Start serial port console")
    void startConsole() throws IOException, InterruptedException {
        try (RawStream stream = serial.stream()) {
            // First the terminal, then the word: whoever has read it may type.
            if (io.isInputTerminal()) {
                io.raw();
                talk(stream, "\r\n");
            } else {
                talk(stream, "\n");
            }
        } finally {
            if (io.isInputTerminal()) {
                io.cooked();
            }
        }
    }

    private void talk(RawStream stream, String newline) throws IOException, InterruptedException {
        io.out().print(newline + "Starting serial port console ... exit with CTRL+B x 3 times" + newline + newline);
        io.out().flush();
        CompletableFuture<String> over = new CompletableFuture<>();
        InputStream keys = io.in();
        start("serial-output", over, () -> {
            copy(stream.input(), io.out());
            return newline + "The serial connection has ended." + newline;
        });
        start("serial-input", over, () -> {
            type(keys, stream);
            return "";
        });
        try {
            io.err().print(result(over));
        } catch (IOException e) {
            // What follows does not belong to the line that the console was in.
            io.err().print(newline);
            throw e;
        } finally {
            io.err().flush();
        }
    }

    /** Until the keys say that it is enough. */
    private static void type(InputStream keys, RawStream stream) throws IOException {
        byte[] typed = new byte[1024];
        int row = 0;
        for (int size = keys.read(typed, 0, 1); size >= 0; size = keys.read(typed, 0, waiting(keys, typed))) {
            for (int i = 0; i < size; i++) {
                row = typed[i] == CTRL_B ? row + 1 : 0;
                if (row == TIMES) {
                    return;
                }
            }
            stream.send(java.util.Arrays.copyOf(typed, size));
        }
    }

    private static int waiting(InputStream keys, byte[] room) throws IOException {
        return Math.max(1, Math.min(room.length, keys.available()));
    }

    private interface Work {
        String run() throws IOException;
    }

    private static void start(String name, CompletableFuture<String> over, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        over.complete(work.run());
                    } catch (IOException | RuntimeException e) {
                        over.completeExceptionally(e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static String result(CompletableFuture<String> over) throws IOException, InterruptedException {
        try {
            return over.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException broken ? broken : new IOException(e.getCause());
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] chunk = new byte[8192];
        for (int size = from.read(chunk); size >= 0; size = from.read(chunk)) {
            to.write(chunk, 0, size);
            to.flush();
        }
    }

    @Command(
            description = {
                "Pipe serial port data to stdout or file.",
                "",
                "By default, reads from the serial port and writes to stdout. Detects if stdin is piped and is then"
                        + " bidirectional: commands are sent until EOF, and the output is shown on until Ctrl+C."
            })
    int pipe(
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FILE",
                            description = "Output file path. If not specified, writes to stdout.")
                    @Nullable
                    Path output,
            @Option(
                            names = {"-i", "--input"},
                            description = "Force enable stdin to serial port. Auto-detected if stdin is piped.")
                    boolean input,
            @Option(names = "--no-input", description = "Disable stdin to serial port, even if stdin is piped.")
                    boolean noInput,
            @Option(
                            names = {"-a", "--append"},
                            description = "Append to output file instead of overwriting.")
                    boolean append,
            @Option(
                            names = "--no-output",
                            description = "Disable serial output handling. Send stdin to serial and exit at EOF.")
                    boolean noOutput)
            throws IOException, InterruptedException {
        refuse(input && noInput, "Cannot use both --input and --no-input");
        refuse(noOutput && output != null, "Cannot use both --no-output and --output");
        refuse(noOutput && append, "Cannot use both --no-output and --append");
        refuse(append && output == null, "--append requires --output");
        boolean reads = !noInput && (input || !io.isInputTerminal());
        refuse(noOutput && !reads, "--no-output requires stdin input (pipe stdin or use --input)");
        String where = output == null ? "" : " with logging to " + output;
        String mode = noOutput
                ? "Fire-and-forget mode: stdin to serial, no output (exits at EOF)"
                : reads
                        ? "Bidirectional mode" + where + ": stdin to serial (Ctrl+C to exit)"
                        : (output == null ? "Reading from serial port" : "Logging serial output to " + output)
                                + "... (Ctrl+C to exit)";
        io.err().println(mode);
        try (RawStream stream = serial.stream()) {
            if (noOutput) {
                copy(io.in(), stream.output());
                stream.output().close();
                return 0;
            }
            CompletableFuture<String> over = new CompletableFuture<>();
            if (reads) {
                InputStream typed = io.in();
                Thread sender = new Thread(() -> send(typed, stream), "serial-input");
                sender.setDaemon(true);
                sender.start();
            }
            start("serial-output", over, () -> {
                if (output == null) {
                    copy(stream.input(), io.out());
                } else {
                    try (OutputStream file = Files.newOutputStream(
                            io.directory().resolve(output),
                            StandardOpenOption.CREATE,
                            append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                        copy(stream.input(), file);
                    }
                }
                return "\nSerial connection closed normally (end of stream).";
            });
            io.err().println(result(over));
            return 0;
        }
    }

    private void refuse(boolean wrong, String text) {
        if (wrong) {
            throw wrong("pipe", text);
        }
    }

    private void send(InputStream typed, RawStream stream) {
        try {
            copy(typed, stream.output());
            stream.output().close();
        } catch (IOException e) {
            io.err().println("stdin is not forwarded any more: " + e.getMessage());
        }
    }
}
