package dev.rigbus.lab.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may not take for ever. */
@Timeout(60)
class RouterLimitsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private static TestRouter with(int waiting, Duration patience, Duration idle) throws Exception {
        RouterLimits limits = new RouterLimits(waiting, patience, idle, 1024 * 1024, Duration.ofMillis(300));
        return new TestRouter(2, limits, GrpcLimits.DEFAULT);
    }

    @Test
    void nobodyWaitsForEver() throws Exception {
        try (TestRouter router = with(10, Duration.ofMillis(50), LONG)) {
            TestPeer peer = router.peer(Tokens.good("x"));
            assertThat(peer.end10s().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            TestRouter.until("nobody waits", () -> router.router.waiting() == 0);
            assertThat(router.waiting).hasValue(0);
        }
    }

    @Test
    void onlySoManyWait() throws Exception {
        try (TestRouter router = with(2, LONG, LONG)) {
            router.peer(Tokens.good("a"));
            TestPeer waits = router.peer(Tokens.good("b"));
            TestRouter.until("two wait", () -> router.router.waiting() == 2);
            assertThat(router.peer(Tokens.good("c")).end10s().code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            // Who comes to one that waits takes no place.
            TestPeer comes = router.peer(Tokens.good("b"));
            comes.send(new byte[1]);
            assertThat(waits.next()).hasSize(1);
            router.peer(Tokens.good("d"));
            TestRouter.until("two wait again", () -> router.router.waiting() == 2);
        }
    }

    @Test
    void aPairThatPassesNothingEnds() throws Exception {
        try (TestRouter router = with(10, LONG, Duration.ofMillis(250))) {
            TestPeer first = router.peer(Tokens.good("x"));
            TestPeer second = router.peer(Tokens.good("x"));
            TestPeer busy = router.peer(Tokens.good("busy"));
            TestPeer reader = router.peer(Tokens.good("busy"));
            while (!first.status.isDone() || !second.status.isDone()) {
                busy.send(new byte[1]);
                reader.next();
            }
            assertThat(first.end10s().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(second.end10s().code()).isEqualTo(Code.DEADLINE_EXCEEDED);
            assertThat(busy.status).isNotDone();
        }
    }

    @Test
    void aPeerThatReadsNothingIsLetGoAllTheSame() throws Exception {
        try (TestRouter router = with(10, LONG, LONG)) {
            TestPeer writer = router.peer(Tokens.good("x"));
            TestPeer stalled = router.peer(Tokens.good("x"));
            stalled.pause();
            byte[] message = new byte[64 * 1024];
            while (writer.trySend(message) && router.passed.get() < 64 * 1024 * 1024) {
                Thread.onSpinWait();
            }
            writer.cancel();
            TestRouter.until("the pair is over", () -> router.router.pairs() == 0);
            stalled.cancel();
        }
    }
}
