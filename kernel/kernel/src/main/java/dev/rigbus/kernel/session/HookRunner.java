package dev.rigbus.kernel.session;

import dev.rigbus.kernel.session.Session.RunningHook;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** Runs the hooks of one exporter beside its session, and logs what they print. */
final class HookRunner {
    private final String exporter;
    private final LogHub logs;
    private final String socket;
    private final ExecutorService threads;
    private final Executor home;

    /**
     * @param socket where the hooks' commands reach the exporter
     * @param home the session's context, on which outcomes are told
     */
    HookRunner(String exporter, LogHub logs, String socket, ExecutorService threads, Executor home) {
        this.exporter = exporter;
        this.logs = logs;
        this.socket = socket;
        this.threads = threads;
        this.home = home;
    }

    /** Starts a hook; its outcome comes when the script is gone, also after a cancel. */
    RunningHook run(HookSpec hook, LogEntry.Source source, String lease, String client) {
        Logger log = new HubLogger(logs, source, "hook", exporter, null, Level.INFO);
        HookProcess process = new HookProcess(hook, variables(lease, client), log::info);
        Promise<Void> outcome = Promise.promise();
        AtomicBoolean begun = new AtomicBoolean();
        var running = threads.submit(() -> {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            try {
                process.run();
                home.execute(() -> outcome.tryComplete());
            } catch (InterruptedException e) {
                home.execute(() -> outcome.tryFail("cancelled"));
            } catch (HookProcess.HookFailedException | RuntimeException e) {
                log.warn("{}", e.getMessage());
                home.execute(() -> outcome.tryFail(e));
            }
        });
        return new RunningHook(outcome.future(), () -> {
            running.cancel(true);
            if (begun.compareAndSet(false, true)) {
                home.execute(() -> outcome.tryFail("cancelled"));
            }
        });
    }

    private Map<String, String> variables(String lease, String client) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("JUMPSTARTER_HOST", socket);
        variables.put("JMP_DRIVERS_ALLOW", "UNSAFE");
        variables.put("LEASE_NAME", lease);
        variables.put("CLIENT_NAME", client);
        return variables;
    }
}
