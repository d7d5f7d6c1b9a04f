package dev.rigbus.kernel.bridge;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Starts interpreters with drivers of the Python implementation. */
final class PythonLauncher implements Launcher {
    /** Finds, or makes, the interpreter that has the drivers. Blocks. */
    @FunctionalInterface
    interface Interpreter {
        Path find() throws IOException, InterruptedException;
    }

    private final Interpreter interpreter;

    PythonLauncher(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    @Override
    public String what() {
        return "the Python drivers";
    }

    @Override
    public ChildProcess launch(JsonObject order, Consumer<String> output) throws IOException, InterruptedException {
        List<String> command = List.of(interpreter.find().toString(), "-u", "-c", script());
        return ChildProcess.start(command, order, what(), output);
    }

    private static String script() throws IOException {
        try (var script = Objects.requireNonNull(PythonLauncher.class.getResourceAsStream("bridge.py"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
