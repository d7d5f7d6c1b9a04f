package dev.rigbus.app.command;

import dev.rigbus.app.config.ConfigException;
import dev.rigbus.app.config.ExporterFile;
import dev.rigbus.app.node.NodeVertx;
import dev.rigbus.driver.SettingsException;
import dev.rigbus.kernel.Exporter;
import dev.rigbus.kernel.Listener;
import dev.rigbus.kernel.bundle.DriverFiles;
import dev.rigbus.kernel.session.HookSpec;
import dev.rigbus.kernel.tree.DriverCatalog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One exporter from start to stop; the thread that runs it only waits. */
final class ExporterProcess {
    private static final Logger log = LoggerFactory.getLogger("rigbus");

    /** How long the drivers may take to let their devices go; the after-lease hook has its own time on top. */
    private static final Duration STOP = Duration.ofSeconds(15);

    private static final Duration GIVE_UP = Duration.ofSeconds(5);

    private static final String HOOK = "a failed hook";

    private final ExporterFile file;
    private final DriverCatalog catalog;
    private final @Nullable DriverFiles drivers;
    private final Listener listener;

    /** @param drivers that change while it runs; absent for none */
    ExporterProcess(ExporterFile file, DriverCatalog catalog, @Nullable DriverFiles drivers, Listener listener) {
        this.file = file;
        this.catalog = catalog;
        this.drivers = drivers;
        this.listener = listener;
    }

    /** Serves until a signal comes or the exporter ends by itself, which is a failure. */
    ExitCode run(PrintWriter out) throws ConfigException, CommandException, InterruptedException {
        CompletableFuture<String> end = StopSignals.install().first();
        Vertx vertx = vertx();
        try {
            Exporter exporter = start(vertx, end);
            exporter.exit().onSuccess(done -> end.complete(HOOK));
            if (drivers != null) {
                drivers.follow(vertx);
            }
            out.println("ready: exporter " + file.spec().name() + " on " + address()
                    + (listener.tls() == null ? " (plaintext)" : " (TLS)"));
            log.atInfo().addKeyValue("exporter", file.spec().name()).log("stopping on {}", end.join());
            stop(exporter);
            return HOOK.equals(end.join()) ? ExitCode.FAILURE : ExitCode.OK;
        } finally {
            within(vertx.close(), GIVE_UP);
        }
    }

    static Vertx vertx() {
        return Vertx.vertx(NodeVertx.options());
    }

    private Exporter start(Vertx vertx, CompletableFuture<String> end)
            throws ConfigException, CommandException, InterruptedException {
        CompletableFuture<Exporter> started = Exporter.start(vertx, file.spec(), catalog, listener)
                .toCompletionStage()
                .toCompletableFuture();
        CompletableFuture.anyOf(started, end).handle((first, failure) -> first).join();
        try {
            // Told to stop while it starts: what has been started can only be stopped once it is there.
            return end.isDone() ? started.get(STOP.toMillis(), TimeUnit.MILLISECONDS) : started.get();
        } catch (TimeoutException e) {
            throw new CommandException("rigbus: told to stop by " + end.join() + " while the exporter was starting", e);
        } catch (ExecutionException e) {
            throw explained(e.getCause() == null ? e : e.getCause());
        }
    }

    private CommandException explained(Throwable failure) throws ConfigException {
        if (failure instanceof SettingsException settings) {
            throw new ConfigException(file.faultsWith(settings.problems()));
        }
        log.debug("not started", failure);
        return new CommandException(
                "rigbus: exporter " + file.spec().name() + " cannot start: " + StartFailures.text(failure, listener),
                failure);
    }

    private void stop(Exporter exporter) throws CommandException, InterruptedException {
        HookSpec hook = file.spec().afterLease();
        Duration limit = hook == null ? STOP : STOP.plus(hook.timeout());
        if (!within(exporter.stop(), limit)) {
            throw new CommandException("rigbus: the exporter did not stop cleanly within " + limit.toSeconds() + " s");
        }
    }

    /** Whether the future completed in time; how it did is the business of the log. */
    private static boolean within(Future<?> future, Duration limit) throws InterruptedException {
        try {
            future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            log.warn("not everything could be stopped", e.getCause());
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private String address() {
        String host = listener.host();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + listener.port();
    }
}
