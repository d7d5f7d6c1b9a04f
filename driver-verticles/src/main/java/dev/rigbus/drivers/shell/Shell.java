package dev.rigbus.drivers.shell;

import dev.rigbus.driver.Driver;
import dev.rigbus.driver.DriverContext;
import dev.rigbus.driver.Export;
import dev.rigbus.drivers.python.Repr;
import io.vertx.core.Future;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs the scripts of its configuration. What a client sends are arguments ({@code $1} and following) and variables
 * for a script,
 * never a part of it. Whatever a script starts ends with its call, unless it makes itself a session of its own.
 */
public final class Shell implements Driver {
    private final ShellConfig config;
    private final DriverContext context;
    private final Set<ScriptRun> running = ConcurrentHashMap.newKeySet();

    Shell(ShellConfig config, DriverContext context) {
        this.config = config;
        this.context = context;
    }

    @Override
    public String client() {
        return "jumpstarter_driver_shell.client.ShellClient";
    }

    @Override
    public Map<String, String> methodDescriptions() {
        Map<String, String> result = new LinkedHashMap<>();
        config.methods().forEach((name, method) -> {
            if (method.description() != null) {
                result.put(name, method.description());
            }
        });
        return result;
    }

    /** The names of the scripts. Every start of the command line client asks for them, so no script may delay this. */
    @Export
    public Future<List<String>> getMethods() {
        return Future.succeededFuture(List.copyOf(config.methods().keySet()));
    }

    /** Runs a script: items of standard output, standard error and the exit code, which is null in all but the last. */
    @Export
    public Stream<List<@Nullable Object>> callMethod(String method, Map<String, ?> env, String... args)
            throws IOException {
        ShellConfig.Method called = config.methods().get(method);
        if (called == null) {
            throw new IllegalArgumentException("Method " + Repr.of(method) + " not found in available methods: "
                    + Repr.of(List.copyOf(config.methods().keySet())));
        }
        List<String> command =
                command(method, called, Stream.of(args).map(Arguments::checked).toList());
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory());
        builder.environment().putAll(Environment.checked(env));
        context.log().info("running {}", method);
        ScriptRun run = ScriptRun.start(context, method, builder, command, called.timeout(), running::remove);
        running.add(run);
        return run.items();
    }

    @Override
    public Future<?> close() {
        return context.blocking(() -> {
            running.parallelStream().forEach(ScriptRun::close);
            return null;
        });
    }

    private List<String> command(String name, ShellConfig.Method method, List<String> arguments) {
        if (method.script().isBlank()) {
            throw new IllegalArgumentException("Shell script must be a non-empty string");
        }
        List<String> command = new ArrayList<>(config.shell());
        command.add(method.script());
        command.add(name);
        command.addAll(arguments);
        return command;
    }

    private @Nullable File directory() {
        Path cwd = config.cwd();
        if (cwd == null) {
            return null;
        }
        if (!Files.isDirectory(cwd)) {
            throw new IllegalArgumentException("Working directory does not exist: " + cwd);
        }
        return cwd.toFile();
    }
}
