package dev.rigbus.app.command;

import dev.rigbus.app.apart.DriverProcess;
import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.DriverTypes;
import dev.rigbus.app.demo.DemoBoard;
import dev.rigbus.app.demo.Narrator;
import dev.rigbus.app.demo.Story;
import dev.rigbus.app.demo.StoryException;
import dev.rigbus.app.log.LogLevel;
import dev.rigbus.app.log.Logs;
import dev.rigbus.app.log.Terminal;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@code rigbus demo}: an exporter, and a client that uses it, in one process; the thread of the command only waits. */
final class Demo implements Command {
    private static final String HOST = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Flag KEEP =
            new Flag("--keep", "", "Keeps the exporter running afterwards, for clients of yours on this machine.");

    @Override
    public String name() {
        return "demo";
    }

    @Override
    public String summary() {
        return "Shows an exporter at work: flashes, boots and drives a board made of software.";
    }

    @Override
    public List<Flag> flags() {
        return List.of(KEEP);
    }

    @Override
    public ExitCode run(Words words, Console console) throws Exception {
        CompletableFuture<String> end = StopSignals.install().first();
        LogLevel level = Rigbus.logLevel(words, System.getenv());
        // What an exporter usually logs would only interrupt the story.
        Logs.level(level == LogLevel.INFO ? LogLevel.WARNING : level);
        Narrator narrator = narrator(console);
        Vertx vertx = ExporterProcess.vertx();
        try {
            narrator.title("Rigbus demo: a board made of software, used as a real one is");
            narrator.step("Start an exporter with one board, for this machine alone");
            Exporter exporter = start(vertx);
            try {
                String address = HOST + ":" + exporter.port();
                narrator.say("listening on " + address);
                tell(new Story(address, narrator, System.getenv()), end);
                if (words.has(KEEP)) {
                    stay(narrator, address, level, end);
                } else {
                    narrator.step("Done; stopping the exporter");
                }
            } finally {
                await(exporter.stop());
            }
            return ExitCode.OK;
        } finally {
            await(vertx.close());
            Logs.stop();
        }
    }

    private static Narrator narrator(Console console) {
        boolean terminal = Terminal.isOutput();
        return new Narrator(
                console.out(),
                terminal,
                terminal && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM")));
    }

    private static Exporter start(Vertx vertx) throws ConfigException, CommandException, InterruptedException {
        Listener listener = new Listener(HOST, 0, null, null);
        try {
            return await(
                    Exporter.start(vertx, DemoBoard.exporter(), DriverTypes.load(DriverProcess::command), listener));
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new CommandException(
                    "rigbus demo: the exporter cannot start: " + StartFailures.text(cause, listener), cause);
        } catch (TimeoutException e) {
            throw new CommandException("rigbus demo: the exporter did not start within " + LIMIT.toSeconds() + " s", e);
        }
    }

    /** Plays on a thread of its own, so that a signal can end it at any step. */
    private static void tell(Story story, CompletableFuture<String> end) throws CommandException, InterruptedException {
        CompletableFuture<@Nullable Void> told = new CompletableFuture<>();
        Thread teller = new Thread(() -> {
            try {
                story.tell();
                told.complete(null);
            } catch (Throwable e) {
                told.completeExceptionally(e);
            }
        });
        teller.start();
        CompletableFuture.anyOf(told, end).handle((first, failure) -> first).join();
        if (!told.isDone()) {
            teller.interrupt();
            teller.join(LIMIT.toMillis());
            throw new CommandException("rigbus demo: ended by " + end.join());
        }
        try {
            told.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StoryException failed) {
                throw new CommandException("rigbus demo: this step failed: " + failed.getMessage(), failed);
            }
            throw e;
        }
    }

    private static void stay(Narrator narrator, String address, LogLevel level, CompletableFuture<String> end) {
        narrator.step("Your turn; the exporter keeps running until Ctrl-C");
        narrator.say("with the stock client (pip install jumpstarter-cli), type");
        Story.linesToType(address).forEach(narrator::command);
        narrator.say("and then, for the console (root, rigbus): j board serial start-console");
        narrator.say("ready: " + address);
        Logs.level(level);
        end.join();
    }

    private static <T> T await(Future<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
