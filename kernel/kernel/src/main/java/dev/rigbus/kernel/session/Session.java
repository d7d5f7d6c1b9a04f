package dev.rigbus.kernel.session;

import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The life of an exporter that stands alone: hook, ready, ended, hook, available, and again. Knows neither threads nor the bus; it is told
 * how to reset, how to run a hook and how to wait. Belongs to one context.
 */
final class Session {
    /** How long a state stays visible that a polling client must not miss. */
    private static final Duration VISIBLE = Duration.ofSeconds(1);

    private static final String AVAILABLE_TEXT = "Available for new lease";

    /** What a session needs of the world. */
    interface World {
        /** Brings the drivers into their first state, under a fence that is newer than all before. */
        Future<?> reset(long fence);

        /** Runs a hook; fails with a {@link HookProcess.HookFailedException}. */
        RunningHook run(HookSpec hook, LogEntry.Source source);

        Future<Void> after(Duration time);

        void statusChanged(SessionStatus status);
    }

    /** A hook under way. */
    record RunningHook(Future<Void> outcome, Runnable cancel) {}

    private final @Nullable HookSpec before;
    private final @Nullable HookSpec after;
    private final World world;
    private final Promise<Void> exit = Promise.promise();
    private SessionStatus status = SessionStatus.FIRST;
    private @Nullable RunningHook hook;
    private @Nullable Future<Void> ending;
    private boolean afterHookDue;
    private boolean stopping;
    private long fence;

    Session(@Nullable HookSpec before, @Nullable HookSpec after, World world) {
        this.before = isBlank(before) ? null : before;
        this.after = isBlank(after) ? null : after;
        this.world = world;
    }

    private static boolean isBlank(@Nullable HookSpec hook) {
        return hook == null || hook.script().isBlank();
    }

    SessionStatus status() {
        return status;
    }

    /** The number of the session that runs, or ran last. */
    long fence() {
        return fence;
    }

    /** Completes when a hook's failure means that the exporter has to go. */
    Future<Void> exit() {
        return exit.future();
    }

    private void move(ExporterStatus to, String message) {
        status = status.next(to, message, fence);
        world.statusChanged(status);
    }

    /** Opens a session; the future completes when it is ready or has failed to be. */
    Future<Void> open() {
        fence++;
        afterHookDue = false;
        return world.reset(fence).compose(reset -> {
            if (stopping) {
                return Future.succeededFuture();
            }
            if (before == null) {
                ready("Ready for commands");
                return Future.succeededFuture();
            }
            return beforeHook(before);
        });
    }

    private void ready(String message) {
        afterHookDue = true;
        move(ExporterStatus.EXPORTER_STATUS_LEASE_READY, message);
    }

    private Future<Void> beforeHook(HookSpec spec) {
        move(ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK, "Running beforeLease hook");
        RunningHook running = world.run(spec, LogEntry.Source.BEFORE_LEASE_HOOK);
        hook = running;
        return running.outcome().transform(done -> {
            if (hook != running) {
                // The session ended while the hook ran; whoever ended it decides what comes next.
                return Future.succeededFuture();
            }
            hook = null;
            if (done.succeeded()) {
                ready("Ready for commands");
                return Future.succeededFuture();
            }
            return beforeHookFailed(
                    spec.onFailure(), String.valueOf(done.cause().getMessage()));
        });
    }

    private Future<Void> beforeHookFailed(OnFailure mode, String reason) {
        String text = mode.text("beforeLease", reason);
        if (mode == OnFailure.WARN) {
            ready(text);
            return Future.succeededFuture();
        }
        move(ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED, text);
        return mode == OnFailure.EXIT ? leave("beforeLease") : Future.succeededFuture();
    }

    private Future<Void> leave(String which) {
        return world.after(VISIBLE).map(v -> {
            move(ExporterStatus.EXPORTER_STATUS_OFFLINE, "Exporter shutting down due to " + which + " hook failure");
            exit.tryComplete();
            return null;
        });
    }

    /** Ends the session and, when its hook has run, opens the next; false if there is none to end. */
    boolean end() {
        if (stopping || status.status() == ExporterStatus.EXPORTER_STATUS_OFFLINE) {
            return false;
        }
        if (ending == null) {
            ending = close().compose(left -> left ? Future.succeededFuture() : again())
                    .onComplete(done -> ending = null);
        }
        return true;
    }

    private Future<Void> again() {
        return world.after(VISIBLE).compose(v -> stopping ? Future.succeededFuture() : open());
    }

    /** Runs the after-lease hook if it is due and makes the exporter available; true if it has to leave instead. */
    private Future<Boolean> close() {
        RunningHook running = hook;
        hook = null;
        if (running != null) {
            running.cancel().run();
        }
        if (after == null || !afterHookDue) {
            afterHookDue = false;
            move(ExporterStatus.EXPORTER_STATUS_AVAILABLE, AVAILABLE_TEXT);
            return Future.succeededFuture(false);
        }
        afterHookDue = false;
        return afterHook(after);
    }

    private Future<Boolean> afterHook(HookSpec spec) {
        move(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK, "Running afterLease hooks");
        return world.run(spec, LogEntry.Source.AFTER_LEASE_HOOK).outcome().transform(done -> {
            if (done.succeeded()) {
                move(ExporterStatus.EXPORTER_STATUS_AVAILABLE, AVAILABLE_TEXT);
                return Future.succeededFuture(false);
            }
            return afterHookFailed(spec.onFailure(), String.valueOf(done.cause().getMessage()));
        });
    }

    private Future<Boolean> afterHookFailed(OnFailure mode, String reason) {
        String text = mode.text("afterLease", reason);
        if (mode == OnFailure.WARN) {
            move(ExporterStatus.EXPORTER_STATUS_AVAILABLE, text);
            return Future.succeededFuture(false);
        }
        move(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED, text);
        if (mode == OnFailure.EXIT) {
            return leave("afterLease").map(true);
        }
        return world.after(VISIBLE).map(v -> {
            move(ExporterStatus.EXPORTER_STATUS_AVAILABLE, AVAILABLE_TEXT);
            return false;
        });
    }

    /** Ends for good: the after-lease hook if it is due, then offline. */
    Future<Void> stop() {
        stopping = true;
        Future<?> closing = ending != null ? ending : close();
        return closing.otherwiseEmpty().map(v -> {
            move(ExporterStatus.EXPORTER_STATUS_OFFLINE, "Exporter shutting down");
            return null;
        });
    }
}
