package dev.rigbus.kernel.bridge;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One process with drivers, from its start to its end. It takes an order as a line on its standard input, whose end is its own, and says on its
 * standard output, behind {@link #MARK}, that it is ready or has failed; all else there is somebody's chatter. Its methods block.
 */
final class ChildProcess {
    static final String MARK = "rigbus: ";

    /** How long drivers may take to let their devices go. */
    private static final int CLOSE_SECONDS = 10;

    private final Process process;
    private final String what;
    private final Consumer<String> output;

    private ChildProcess(Process process, String what, Consumer<String> output) {
        this.process = process;
        this.what = what;
        this.output = output;
    }

    /**
     * Starts the drivers; they answer when this returns.
     *
     * @param order what is to be served, and where
     * @param what runs there, for messages
     * @param output takes what drivers and their libraries print
     * @throws IOException with a text for users, if one of them does not start
     */
    static ChildProcess start(List<String> command, JsonObject order, String what, Consumer<String> output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        // A driver may want something of the environment, but not what is this process's alone.
        builder.environment().keySet().removeIf(name -> name.startsWith("RIGBUS_") || name.startsWith("JMP_"));
        ChildProcess started = new ChildProcess(builder.start(), what, output);
        started.pass(started.process.errorReader(StandardCharsets.UTF_8));
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

    private void pass(BufferedReader from) {
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines = from) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            output.accept(line);
                        }
                    } catch (IOException e) {
                        output.accept("its output cannot be read any more: " + e.getMessage());
                    }
                },
                "driver-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void awaitAnswer() throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        while (line != null && !line.startsWith(MARK)) {
            output.accept(line);
            line = lines.readLine();
        }
        if (line == null) {
            throw new IOException("the process of " + what + " ended before it was ready (exit "
                    + process.onExit().join().exitValue() + "); the log above says why");
        }
        String failed = failure(line.substring(MARK.length()));
        if (failed != null) {
            throw new IOException(failed);
        }
        pass(lines);
    }

    private static @Nullable String failure(String answer) throws IOException {
        try {
            JsonObject said = new JsonObject(answer);
            String path = said.getString("path");
            String failed = said.getString("failed");
            return failed == null || path == null ? failed : path + ": " + failed;
        } catch (DecodeException e) {
            throw new IOException("it answers what is no answer: " + answer, e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
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
}
