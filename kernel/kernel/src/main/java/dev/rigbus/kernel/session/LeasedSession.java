package dev.rigbus.kernel.session;

import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.kernel.session.Session.RunningHook;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The life of an exporter that is leased: begun, hook, ready, ended, hook, available. Knows neither threads nor the bus; it is told how to
 * reset, how to run a hook and how to wait. Belongs to one context, but for what says otherwise.
 */
final class LeasedSession {
    /** How long a state stays visible that a polling client must not miss, and how long a client has to release by itself. */
    private static final Duration VISIBLE = Duration.ofSeconds(1);

    private static final String AVAILABLE_TEXT = "Available for new lease";

    /** What a leased session needs of the world. */
    interface World {
        /** Brings the drivers into their first state, under a fence that is newer than all before, and forgets the log of other leases. */
        Future<?> prepare(long fence);

        /** Runs a hook; fails with a {@link HookProcess.HookFailedException}. */
        RunningHook run(HookSpec hook, LogEntry.Source source, Holding holding);

        Future<Void> after(Duration time);

        /** @param releaseWanted the lease of the status's fence is of no more use and should be ended */
        void statusChanged(SessionStatus status, boolean releaseWanted);
    }

    private final @Nullable HookSpec before;
    private final @Nullable HookSpec after;
    private final World world;
    private final Promise<Void> exit = Promise.promise();
    private volatile SessionStatus status = SessionStatus.FIRST;
    private volatile @Nullable Holding holding;
    private Future<Void> begun = Future.succeededFuture();
    private @Nullable RunningHook hook;
    /** The after-lease hook of the lease that runs, or ran last; absent while nobody has ended it. */
    private @Nullable Future<Void> closed;

    private Future<Void> ended = Future.succeededFuture();
    private @Nullable Future<Void> stopped;
    private boolean afterHookDue;
    private boolean leaving;

    LeasedSession(@Nullable HookSpec before, @Nullable HookSpec after, World world) {
        this.before = isBlank(before) ? null : before;
        this.after = isBlank(after) ? null : after;
        this.world = world;
    }

    private static boolean isBlank(@Nullable HookSpec hook) {
        return hook == null || hook.script().isBlank();
    }

    /** Safe from any thread. */
    SessionStatus status() {
        return status;
    }

    /** Who holds the exporter; safe from any thread. */
    @Nullable
    Holding holding() {
        return holding;
    }

    /** Completes when a hook's failure means that the exporter has to go. */
    Future<Void> exit() {
        return exit.future();
    }

    private void move(ExporterStatus to, String message) {
        move(to, message, false);
    }

    private void move(ExporterStatus to, String message, boolean releaseWanted) {
        status = status.next(to, message, status.fence());
        world.statusChanged(status, releaseWanted);
    }

    private boolean is(ExporterStatus one) {
        return status.status() == one;
    }

    /** Whether a lease that was begun under this fence still holds the exporter. */
    private boolean holds(long fence) {
        Holding now = holding;
        return now != null && now.fence() == fence;
    }

    /** See {@link LeaseService#begin}. */
    Future<Void> begin(String lease, String client, long fence) {
        Holding now = holding;
        if (now != null && now.is(lease, fence)) {
            return begun;
        }
        String refusal = refusal(now, fence);
        if (refusal != null) {
            return Future.failedFuture(new IllegalStateException(refusal));
        }
        Holding opened = new Holding(lease, client, fence);
        holding = opened;
        closed = null;
        afterHookDue = false;
        // As with stock, each lease counts its statuses anew, and its session's beginning is the first.
        status = SessionStatus.opened(fence);
        begun = world.prepare(fence).transform(reset -> {
            if (holds(fence) && closed == null) {
                prepare();
            }
            return Future.succeededFuture();
        });
        return begun;
    }

    private @Nullable String refusal(@Nullable Holding now, long fence) {
        if (now != null) {
            return "the exporter is held by lease " + now.lease();
        }
        if (leaving || stopped != null) {
            return "the exporter is shutting down";
        }
        if (!is(ExporterStatus.EXPORTER_STATUS_AVAILABLE)) {
            return "the exporter is not free yet (status: " + status.shortName() + ")";
        }
        return fence > status.fence()
                ? null
                : "the fence " + fence + " is too old (expected: more than " + status.fence() + ")";
    }

    private void prepare() {
        afterHookDue = true;
        Holding now = holding;
        if (before == null || now == null) {
            move(ExporterStatus.EXPORTER_STATUS_LEASE_READY, "Ready for commands");
            return;
        }
        HookSpec spec = before;
        move(ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK, "Running beforeLease hook");
        RunningHook running = world.run(spec, LogEntry.Source.BEFORE_LEASE_HOOK, now);
        hook = running;
        running.outcome().onComplete(done -> {
            // Otherwise the lease was ended while the hook ran; whoever ended it decides what comes next.
            if (hook == running) {
                hook = null;
                beforeHookOver(spec.onFailure(), done);
            }
        });
    }

    private void beforeHookOver(OnFailure mode, AsyncResult<Void> outcome) {
        if (outcome.succeeded()) {
            move(ExporterStatus.EXPORTER_STATUS_LEASE_READY, "Ready for commands");
            return;
        }
        String text = mode.text("beforeLease", String.valueOf(outcome.cause().getMessage()));
        if (mode == OnFailure.WARN) {
            move(ExporterStatus.EXPORTER_STATUS_LEASE_READY, text);
            return;
        }
        afterHookDue = false;
        leaving = mode == OnFailure.EXIT;
        move(ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED, text);
        if (leaving) {
            leave("beforeLease");
        } else {
            wantReleaseSoon(status.fence());
        }
    }

    private void wantReleaseSoon(long fence) {
        world.after(VISIBLE).onComplete(v -> {
            if (holds(fence) && !leaving) {
                world.statusChanged(status, true);
            }
        });
    }

    private Future<Void> leave(String which) {
        return world.after(VISIBLE).map(v -> {
            offline("Exporter shutting down due to " + which + " hook failure");
            exit.tryComplete();
            return null;
        });
    }

    /** A lease cannot go on where the exporter does not. */
    private void offline(String text) {
        if (!is(ExporterStatus.EXPORTER_STATUS_OFFLINE)) {
            move(ExporterStatus.EXPORTER_STATUS_OFFLINE, text, holding != null);
        }
    }

    /** See {@link LeaseService#transfer}. */
    Future<Void> transfer(String client) {
        Holding now = holding;
        if (now == null) {
            return Future.failedFuture(new IllegalStateException("the exporter is not leased"));
        }
        holding = new Holding(now.lease(), client, now.fence());
        now.end("the lease " + now.lease() + " was transferred to another client");
        return Future.succeededFuture();
    }

    /** See {@link LeaseService#endSession}. */
    boolean endSession(long fence) {
        Holding now = holding;
        if (now == null || now.fence() != fence || is(ExporterStatus.EXPORTER_STATUS_OFFLINE)) {
            return false;
        }
        if (closed == null && !is(ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED)) {
            close(now).onComplete(v -> wantReleaseSoon(fence));
        }
        return true;
    }

    /** Stops a before-lease hook that runs, runs the after-lease hook if it is due, and makes the exporter available. */
    private Future<Void> close(Holding of) {
        RunningHook running = hook;
        hook = null;
        if (running == null) {
            closed = afterHook(of);
        } else {
            running.cancel().run();
            // What is left of it must not reach the drivers of the next lease.
            closed = running.outcome().transform(gone -> afterHook(of));
        }
        return closed;
    }

    private Future<Void> afterHook(Holding of) {
        boolean due = afterHookDue;
        afterHookDue = false;
        if (after == null || !due) {
            free(AVAILABLE_TEXT);
            return Future.succeededFuture();
        }
        HookSpec spec = after;
        move(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK, "Running afterLease hooks");
        return world.run(spec, LogEntry.Source.AFTER_LEASE_HOOK, of).outcome().transform(done -> {
            if (done.succeeded()) {
                free(AVAILABLE_TEXT);
                return Future.succeededFuture();
            }
            return afterHookFailed(spec.onFailure(), String.valueOf(done.cause().getMessage()));
        });
    }

    private Future<Void> afterHookFailed(OnFailure mode, String reason) {
        String text = mode.text("afterLease", reason);
        if (mode == OnFailure.WARN) {
            free(text);
            return Future.succeededFuture();
        }
        leaving = mode == OnFailure.EXIT;
        move(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED, text);
        return leaving ? leave("afterLease") : Future.succeededFuture();
    }

    private void free(String text) {
        if (!leaving && stopped == null && !is(ExporterStatus.EXPORTER_STATUS_OFFLINE)) {
            move(ExporterStatus.EXPORTER_STATUS_AVAILABLE, text);
        }
    }

    /** See {@link LeaseService#end}. */
    Future<Void> end(String reason) {
        Holding now = holding;
        if (now == null) {
            return ended;
        }
        holding = null;
        now.end("the lease " + now.lease() + " has ended" + (reason.isBlank() ? "" : ": " + reason));
        // A failure that came while the client was there, the client has seen.
        boolean seen = closed != null && closed.isComplete();
        Future<Void> closing = closed == null ? close(now) : closed;
        ended = closing.compose(v -> recover(now.fence(), seen));
        return ended;
    }

    /** A failed after-lease hook is no reason to stay out of use for ever. */
    private Future<Void> recover(long fence, boolean seen) {
        if (!isUnusable(fence)) {
            return Future.succeededFuture();
        }
        return (seen ? Future.<Void>succeededFuture() : world.after(VISIBLE)).map(v -> {
            if (isUnusable(fence)) {
                free(AVAILABLE_TEXT);
            }
            return null;
        });
    }

    private boolean isUnusable(long fence) {
        return status.fence() == fence && is(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED);
    }

    /** Ends for good: the lease and its hook if there is one, then offline. */
    Future<Void> stop() {
        if (stopped == null) {
            Promise<Void> done = Promise.promise();
            stopped = done.future();
            boolean leased = holding != null;
            end("the exporter is shutting down").onComplete(v -> {
                if (!is(ExporterStatus.EXPORTER_STATUS_OFFLINE)) {
                    move(ExporterStatus.EXPORTER_STATUS_OFFLINE, "Exporter shutting down", leased);
                }
                done.complete();
            });
        }
        return stopped;
    }
}
