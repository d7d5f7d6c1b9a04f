package dev.rigbus.kernel.bridge;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process with Python drivers, from its start to its end. Its methods block. */
final class PythonProcess {
    /** How long drivers may take to let their devices go. */
    private static final int CLOSE_SECONDS = 10;

    private final Process process;

    private PythonProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts the drivers; they answer when this returns.
     *
     * @param order what is to be served, and where
     * @param output takes what drivers and their libraries print
     * @throws IOException with a text for users, if one of them does not start
     */
    static PythonProcess start(Path python, JsonObject order, Consumer<String> output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(python.toString(), "-u", "-c", script());
        // A driver may want something of the environment, but not what is this process's alone.
        builder.environment().keySet().removeIf(name -> name.startsWith("RIGBUS_") || name.startsWith("JMP_"));
        PythonProcess started = new PythonProcess(builder.start());
        started.read(output);
        try {
            OutputStream input = started.process.getOutputStream();
            input.write((order.encode() + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
            started.awaitAnswer();
            return started;
        } catch (IOException e) {
            started.kill();
            throw e;
        }
    }

    private static String script() throws IOException {
        try (var script = Objects.requireNonNull(PythonProcess.class.getResourceAsStream("bridge.py"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void read(Consumer<String> output) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            output.accept(line);
                        }
                    } catch (IOException e) {
                        output.accept("its output cannot be read any more: " + e.getMessage());
                    }
                },
                "python-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void awaitAnswer() throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            throw new IOException("the process of the Python drivers ended before it was ready (exit "
                    + process.onExit().join().exitValue() + "); the log above says why");
        }
        JsonObject answer = new JsonObject(line);
        if (answer.getString("failed") != null) {
            String path = answer.getString("path");
            throw new IOException((path == null ? "" : path + ": ") + answer.getString("failed"));
        }
    }

    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Lets the drivers close, and ends what is left after a while. */
    void stop() {
        try {
            process.getOutputStream().close();
            if (process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It has ended already, or is about to.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    private void kill() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** A folder for the socket that nobody else can look into. */
    static Path room() throws IOException {
        return Files.createTempDirectory("rigbus-python-");
    }

    static void leave(@Nullable Path room) throws IOException {
        if (room != null) {
            Files.deleteIfExists(room.resolve("socket"));
            Files.deleteIfExists(room);
        }
    }
}
