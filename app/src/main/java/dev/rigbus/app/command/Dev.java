package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.config.FlagValues;
import dev.rigbus.app.dev.Bench;
import dev.rigbus.app.dev.Prompt;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.app.log.Logs;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code rigbus dev}. */
final class Dev implements Command {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Flag CONFIG = new Flag("--config", "KEY=VALUE", "A setting of the driver. May be repeated.");

    @Override
    public String name() {
        return "dev";
    }

    @Override
    public String summary() {
        return "Runs the driver in a .java file, and again each time it is saved, with a client at hand.";
    }

    @Override
    public String operands() {
        return "FILE.java";
    }

    @Override
    public String details() {
        return """
            What is typed is called: `METHOD [ARGUMENT...]` where the file has one driver, else `DRIVER METHOD ...`.
            Arguments are JSON, or text. Saving the file replaces the driver while it is in use; a mistake keeps the
            old one and shows the compiler's line.
            """;
    }

    @Override
    public List<Flag> flags() {
        return List.of(CONFIG);
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        if (words.operands().size() != 1) {
            throw new UsageException(words.operands().isEmpty() ? "which FILE.java?" : "one FILE.java at a time");
        }
        Path file = Path.of(words.operands().get(0));
        if (!Files.isRegularFile(file)) {
            throw new CommandException("rigbus: " + file + ": no such file");
        }
        Map<String, Object> config = config(words.values(CONFIG));
        LogLevel level = Rigbus.logLevel(words, System.getenv());
        CompletableFuture<String> end = StopSignals.install().first();
        // The prompt says what matters; what the drivers log is part of that.
        Logs.level(level);
        Vertx vertx = ExporterProcess.vertx();
        try (Bench bench = new Bench(vertx, file, config, DriverTypes.load(DriverProcess::command), console.out())) {
            bench.start(end);
            if (!end.isDone()) {
                Prompt prompt = new Prompt(bench, console.out(), () -> end.complete("exit"));
                prompt.follow(System.in);
                end.join();
            }
            return ExitCode.OK;
        } catch (IOException e) {
            throw new CommandException("rigbus: " + file + ": " + e.getMessage(), e);
        } finally {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
            Logs.stop();
        }
    }

    private static Map<String, Object> config(List<String> given) throws UsageException, ConfigException {
        Map<String, Object> config = new LinkedHashMap<>();
        for (String each : given) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new UsageException(CONFIG.name() + " " + each + " (expected: KEY=VALUE)");
            }
            config.putAll(FlagValues.read(CONFIG.name(), each.substring(0, equals), each.substring(equals + 1)));
        }
        return config;
    }
}
