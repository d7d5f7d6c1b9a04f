package dev.rigbus.kernel.session;

import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AVAILABLE;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_LEASE_READY;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_OFFLINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.session.HookSpec.OnFailure;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTest {
    /** A world in which hooks end and time passes when the test says so. */
    private static final class ManualWorld implements Session.World {
        final List<SessionStatus> statuses = new ArrayList<>();
        final List<Long> resets = new ArrayList<>();
        final Deque<Promise<Void>> hooks = new ArrayDeque<>();
        final Deque<Promise<Void>> timers = new ArrayDeque<>();
        int hooksRun;
        boolean cancelled;

        @Override
        public Future<?> reset(long fence) {
            resets.add(fence);
            return Future.succeededFuture();
        }

        @Override
        public Session.RunningHook run(HookSpec hook, LogEntry.Source source) {
            hooksRun++;
            Promise<Void> outcome = Promise.promise();
            hooks.add(outcome);
            return new Session.RunningHook(outcome.future(), () -> cancelled = true);
        }

        @Override
        public Future<Void> after(Duration time) {
            assertThat(time).isEqualTo(Duration.ofSeconds(1));
            Promise<Void> timer = Promise.promise();
            timers.add(timer);
            return timer.future();
        }

        @Override
        public void statusChanged(SessionStatus status) {
            statuses.add(status);
        }

        void hookEnds(@Nullable String failure) {
            Promise<Void> hook = hooks.remove();
            if (failure == null) {
                hook.complete();
            } else {
                hook.fail(failure);
            }
        }

        void aSecondPasses() {
            timers.remove().complete();
        }

        List<ExporterStatus> seen() {
            return statuses.stream().map(SessionStatus::status).toList();
        }

        String lastText() {
            return statuses.get(statuses.size() - 1).message();
        }
    }

    private final ManualWorld world = new ManualWorld();

    private static HookSpec hook(OnFailure onFailure) {
        return new HookSpec("true", null, Duration.ofSeconds(2), onFailure);
    }

    private Session opened(@Nullable HookSpec before, @Nullable HookSpec after) {
        Session session = new Session(before, after, world);
        session.open();
        return session;
    }

    @Test
    void withoutHooksItIsReadyAtOnceAndVersionsCount() {
        Session session = opened(null, null);

        assertThat(session.status())
                .isEqualTo(new SessionStatus(
                        EXPORTER_STATUS_LEASE_READY, "Ready for commands", 1, EXPORTER_STATUS_AVAILABLE, 1));
        assertThat(world.resets).containsExactly(1L);
    }

    @Test
    void aGoodBeforeHookMakesItReady() {
        opened(hook(OnFailure.WARN), null);
        assertThat(world.seen()).containsExactly(EXPORTER_STATUS_BEFORE_LEASE_HOOK);

        world.hookEnds(null);

        assertThat(world.seen()).containsExactly(EXPORTER_STATUS_BEFORE_LEASE_HOOK, EXPORTER_STATUS_LEASE_READY);
    }

    @Test
    void aBlankHookIsNone() {
        opened(new HookSpec("  \n", null, Duration.ofSeconds(1), OnFailure.EXIT), null);
        assertThat(world.hooksRun).isZero();
    }

    @Test
    void R04_aBadBeforeHookWarns() {
        opened(hook(OnFailure.WARN), null);
        world.hookEnds("Hook failed with exit code 3");
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_LEASE_READY);
        assertThat(world.lastText()).isEqualTo("[HOOK_WARNING] beforeLease hook warning: Hook failed with exit code 3");
    }

    @Test
    void R04_aBadBeforeHookEndsTheLeaseAndSuppressesTheAfterHook() {
        Session session = opened(hook(OnFailure.END_LEASE), hook(OnFailure.WARN));
        world.hookEnds("Hook timed out after 2 seconds");
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED);
        assertThat(world.lastText())
                .isEqualTo("beforeLease hook failed (on_failure=endLease): Hook timed out after 2 seconds");

        session.stop();

        assertThat(world.hooksRun).isEqualTo(1);
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_OFFLINE);
    }

    @Test
    void R04_aBadBeforeHookExits() {
        Session session = opened(hook(OnFailure.EXIT), null);
        world.hookEnds("Hook failed with exit code 3");
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED);
        assertThat(session.exit().isComplete()).isFalse();

        world.aSecondPasses();

        assertThat(world.seen()).endsWith(EXPORTER_STATUS_OFFLINE);
        assertThat(world.lastText()).isEqualTo("Exporter shutting down due to beforeLease hook failure");
        assertThat(session.exit().isComplete()).isTrue();
    }

    @Test
    void R07_theEndRunsTheAfterHookOnceAndThenOpensTheNextSession() {
        Session session = opened(null, hook(OnFailure.WARN));
        assertThat(session.end()).isTrue();
        assertThat(session.end()).isTrue();
        assertThat(world.hooksRun).isEqualTo(1);

        world.hookEnds(null);
        assertThat(world.seen())
                .containsExactly(
                        EXPORTER_STATUS_LEASE_READY, EXPORTER_STATUS_AFTER_LEASE_HOOK, EXPORTER_STATUS_AVAILABLE);
        world.aSecondPasses();

        assertThat(world.seen()).endsWith(EXPORTER_STATUS_LEASE_READY);
        assertThat(world.resets).containsExactly(1L, 2L);
        assertThat(session.status().fence()).isEqualTo(2);
    }

    @Test
    void R04_aBadAfterHookIsVisibleForASecond() {
        Session session = opened(null, hook(OnFailure.END_LEASE));
        session.end();
        world.hookEnds("Hook failed with exit code 1");
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED);

        world.aSecondPasses();
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AVAILABLE);
    }

    @Test
    void R04_aBadAfterHookThatExitsIsVisibleForASecond() {
        Session session = opened(null, hook(OnFailure.EXIT));
        session.end();
        world.hookEnds("Hook failed with exit code 1");
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED);
        assertThat(session.exit().isComplete()).isFalse();

        world.aSecondPasses();
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_OFFLINE);
        assertThat(session.exit().isComplete()).isTrue();
        assertThat(session.end()).as("nothing left to end").isFalse();
    }

    @Test
    void R03_theEndDuringTheBeforeHookCancelsItAndNeverBecomesReady() {
        Session session = opened(hook(OnFailure.WARN), hook(OnFailure.WARN));
        session.end();
        assertThat(world.cancelled).isTrue();
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AVAILABLE);

        world.hookEnds("cancelled");

        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AVAILABLE).doesNotContain(EXPORTER_STATUS_LEASE_READY);
    }

    @Test
    void stoppingRunsTheAfterHookIfTheSessionWasNotEnded() {
        Session session = opened(null, hook(OnFailure.WARN));
        Future<Void> stopped = session.stop();
        assertThat(stopped.isComplete()).isFalse();

        world.hookEnds(null);

        assertThat(stopped.succeeded()).isTrue();
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_AVAILABLE, EXPORTER_STATUS_OFFLINE);
        assertThat(session.end()).isFalse();
    }

    @Test
    void afterAnEndThatWasOvertakenByAStopNothingOpensAgain() {
        Session session = opened(null, null);
        session.end();
        Future<Void> stopped = session.stop();
        world.aSecondPasses();
        assertThat(stopped.succeeded()).isTrue();
        assertThat(world.resets).containsExactly(1L);
        assertThat(world.seen()).endsWith(EXPORTER_STATUS_OFFLINE);
    }
}
