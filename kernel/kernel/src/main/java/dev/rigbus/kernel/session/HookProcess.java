package dev.rigbus.kernel.session;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One run of a hook's script, in a session of its own on a pseudo terminal. Blocks. */
final class HookProcess {
    private static final long KILL_AFTER_SECONDS = 5;

    private final HookSpec spec;
    private final Map<String, String> variables;
    private final Consumer<String> lines;

    /**
     * @param variables added to the environment of the exporter
     * @param lines takes the script's output
     */
    HookProcess(HookSpec spec, Map<String, String> variables, Consumer<String> lines) {
        this.spec = spec;
        this.variables = variables;
        this.lines = lines;
    }

    /** Thrown by {@link #run} for a script that fails; the text is the one that clients see. */
    static final class HookFailedException extends Exception {
        private static final long serialVersionUID = 1L;

        HookFailedException(String message) {
            super(message);
        }
    }

    /** Runs the script to its end; an interrupt stops it. */
    void run() throws HookFailedException, InterruptedException {
        PtyProcess process = start();
        Thread reader = Thread.currentThread();
        Thread output = new Thread(() -> read(process), "hook-output");
        output.setDaemon(true);
        output.start();
        try {
            long millis = Math.max(1, spec.timeout().toMillis());
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                throw new HookFailedException("Hook timed out after " + seconds() + " seconds");
            }
            output.join(TimeUnit.SECONDS.toMillis(1));
            int code = process.exitValue();
            if (code != 0) {
                throw new HookFailedException("Hook failed with exit code " + code);
            }
        } finally {
            stop(process, reader);
        }
    }

    private String seconds() {
        long millis = spec.timeout().toMillis();
        return millis % 1000 == 0 ? String.valueOf(millis / 1000) : String.valueOf(millis / 1000.0);
    }

    private PtyProcess start() throws HookFailedException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove("PS1");
        environment.putAll(variables);
        environment.put("TERM", "dumb");
        environment.put("DEBIAN_FRONTEND", "noninteractive");
        environment.put("GIT_TERMINAL_PROMPT", "0");
        try {
            return new PtyProcessBuilder(command().toArray(String[]::new))
                    .setEnvironment(environment)
                    .setDirectory(System.getProperty("user.dir"))
                    .setInitialColumns(200)
                    .setInitialRows(50)
                    .start();
        } catch (IOException | IllegalStateException e) {
            throw new HookFailedException("Hook could not be started: " + e.getMessage());
        }
    }

    private List<String> command() {
        String script = spec.script().strip();
        boolean file = !script.contains("\n") && isFile(script);
        String shell = spec.exec();
        if (shell == null) {
            shell = file && script.endsWith(".py") ? "python3" : "/bin/sh";
        }
        return file ? List.of(shell, script) : List.of(shell, "-c", spec.script());
    }

    private static boolean isFile(String script) {
        try {
            return Files.isRegularFile(Path.of(script));
        } catch (java.nio.file.InvalidPathException e) {
            return false;
        }
    }

    private void read(PtyProcess process) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank()) {
                    lines.accept(line.stripTrailing());
                }
            }
        } catch (IOException e) {
            // A pseudo terminal whose other side is closed ends with an error; that is its end of file.
        }
    }

    /** The script's whole session goes, also what it left in the background. */
    private void stop(PtyProcess process, Thread waiting) {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(KILL_AFTER_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            interrupted = true;
        }
        if (interrupted) {
            waiting.interrupt();
        }
    }
}
