package dev.rigbus.kernel.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.session.HookSpec.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, a leased exporter goes only ways that are allowed. */
class LeasedSessionWalkTest {
    private static final int WALKS = 4000;
    private static final int STEPS = 40;
    /** What may follow what within one lease. */
    private static final Map<String, Set<String>> WAYS = Map.of(
            "opened", Set.of("before", "ready", "free", "offline"),
            "before", Set.of("before-failed", "ready", "after", "free", "offline"),
            "before-failed", Set.of("free", "offline"),
            "ready", Set.of("after", "free", "offline"),
            "after", Set.of("after-failed", "free", "offline"),
            "after-failed", Set.of("free", "offline"),
            "free", Set.of("offline"),
            "offline", Set.of());

    private static @Nullable HookSpec hook(Random random) {
        int choice = random.nextInt(4);
        return choice == 3 ? null : new HookSpec("true", null, Duration.ofSeconds(1), OnFailure.values()[choice]);
    }

    @Test
    void R07_noWalkLeavesTheAllowedWays() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < WALKS; i++) {
            Walk walk = new Walk(random);
            try {
                walk.run();
            } catch (AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", walk " + i + ": " + walk.events + "\n" + e.getMessage(), e);
            }
        }
    }

    /** One exporter, and what is done to it. */
    private static final class Walk {
        final List<String> events = new ArrayList<>();
        private final Random random;
        private final ManualLeaseWorld world = new ManualLeaseWorld();
        private final LeasedSession session;
        private String last = "free";
        private int seen;
        private long fence;
        private long endedFence;
        private boolean stopped;

        Walk(Random random) {
            this.random = random;
            this.session = new LeasedSession(hook(random), hook(random), world);
            world.resetsAtOnce = false;
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                check();
            }
            settle();
        }

        private void step() {
            switch (random.nextInt(stopped ? 7 : 8)) {
                case 0, 1 -> begin();
                case 2 -> happens("leave", () -> session.endSession(fence));
                case 3 -> {
                    endedFence = fence;
                    happens("end", () -> session.end(""));
                }
                case 4 -> happens("transfer", () -> session.transfer("client" + random.nextInt(9)));
                case 5 -> time();
                case 6 -> hookEnds();
                default -> {
                    if (random.nextInt(10) == 0) {
                        stopped = true;
                        endedFence = fence;
                        happens("stop", session::stop);
                    }
                }
            }
        }

        private void happens(String event, Runnable action) {
            events.add(event);
            action.run();
        }

        private void begin() {
            boolean free = session.holding() == null && last.equals("free");
            long next = fence + 1;
            events.add("begin");
            boolean refused = session.begin("lease" + next, "ann", next).failed();
            if (!refused) {
                assertThat(free).as("only a free exporter is leased").isTrue();
                fence = next;
                last = "opened";
            }
        }

        private void time() {
            happens("1s", world::aSecondPasses);
        }

        private void hookEnds() {
            if (!world.hooks.isEmpty()) {
                boolean good = random.nextBoolean();
                happens(good ? "ok" : "bad", () -> world.hookEnds(good ? null : "Hook failed with exit code 1"));
            } else if (!world.resets.isEmpty()) {
                happens("reset", () -> world.resets.remove().complete());
            }
        }

        /** Looks at what was told since the last look. */
        private void check() {
            for (; seen < world.told.size(); seen++) {
                String word = world.told.get(seen);
                boolean release = word.endsWith("!");
                String status = release ? word.substring(0, word.length() - 1) : word;
                if (release && status.equals(last)) {
                    continue;
                }
                assertThat(WAYS.get(last)).as("after %s", last).contains(status);
                assertThat(status.equals("ready") && world.statuses.get(seen).fence() <= endedFence)
                        .as("ready after the end")
                        .isFalse();
                last = status;
            }
            for (long each = 1; each <= fence; each++) {
                assertThat(world.afterHooks(each))
                        .as("after-lease hooks of %d", each)
                        .isLessThanOrEqualTo(1);
            }
        }

        /** In the end every exporter is free or offline: nothing stays stuck. */
        private void settle() {
            endedFence = fence;
            var ended = session.end("");
            for (int i = 0; i < 10 && !(ended.isComplete() && world.timers.isEmpty()); i++) {
                world.resets.forEach(reset -> reset.tryComplete());
                world.resets.clear();
                while (!world.hooks.isEmpty()) {
                    world.hookEnds(null);
                }
                world.aSecondPasses();
            }
            check();
            assertThat(ended.isComplete()).isTrue();
            assertThat(last).isIn("free", "offline");
        }
    }
}
