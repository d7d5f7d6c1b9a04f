package dev.rigbus.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A world in which drivers reset, hooks end and time passes when the test says so. */
final class ManualLeaseWorld implements LeasedSession.World {
    /** A hook that was run. */
    record Hook(LogEntry.Source source, Holding holding, Promise<Void> outcome) {}

    final List<SessionStatus> statuses = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final List<Hook> hooksRun = new ArrayList<>();
    final Deque<Hook> hooks = new ArrayDeque<>();
    final Deque<Promise<Void>> resets = new ArrayDeque<>();
    final Deque<Promise<Void>> timers = new ArrayDeque<>();
    boolean resetsAtOnce = true;

    @Override
    public Future<?> prepare(long fence) {
        Promise<Void> reset = Promise.promise();
        if (resetsAtOnce) {
            reset.complete();
        } else {
            resets.add(reset);
        }
        return reset.future();
    }

    @Override
    public Session.RunningHook run(HookSpec spec, LogEntry.Source source, Holding holding) {
        Hook hook = new Hook(source, holding, Promise.promise());
        hooksRun.add(hook);
        hooks.add(hook);
        // A script takes its time to go.
        return new Session.RunningHook(hook.outcome().future(), () -> {});
    }

    @Override
    public Future<Void> after(Duration time) {
        assertThat(time).isEqualTo(Duration.ofSeconds(1));
        Promise<Void> timer = Promise.promise();
        timers.add(timer);
        return timer.future();
    }

    @Override
    public void statusChanged(SessionStatus status, boolean releaseWanted) {
        statuses.add(status);
        told.add(word(status.status()) + (releaseWanted ? "!" : ""));
    }

    void hookEnds(@Nullable String failure) {
        Promise<Void> hook = hooks.remove().outcome();
        if (failure == null) {
            hook.complete();
        } else {
            hook.fail(failure);
        }
    }

    void aSecondPasses() {
        int due = timers.size();
        for (int i = 0; i < due; i++) {
            timers.remove().complete();
        }
    }

    long afterHooks(long fence) {
        return hooksRun.stream()
                .filter(hook -> hook.source() == LogEntry.Source.AFTER_LEASE_HOOK)
                .filter(hook -> hook.holding().fence() == fence)
                .count();
    }

    private static String word(ExporterStatus status) {
        return switch (status) {
            case EXPORTER_STATUS_AVAILABLE -> "free";
            case EXPORTER_STATUS_BEFORE_LEASE_HOOK -> "before";
            case EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED -> "before-failed";
            case EXPORTER_STATUS_LEASE_READY -> "ready";
            case EXPORTER_STATUS_AFTER_LEASE_HOOK -> "after";
            case EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED -> "after-failed";
            default -> "offline";
        };
    }

    String lastText() {
        return statuses.get(statuses.size() - 1).message();
    }
}
