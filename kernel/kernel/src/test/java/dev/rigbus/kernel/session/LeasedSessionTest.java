package dev.rigbus.kernel.session;

import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_AVAILABLE;
import static dev.rigbus.wire.ExporterStatus.EXPORTER_STATUS_LEASE_READY;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.session.HookSpec.OnFailure;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeasedSessionTest {
    private final ManualLeaseWorld world = new ManualLeaseWorld();

    private LeasedSession session(String before, String after) {
        return new LeasedSession(hook(before), hook(after), world);
    }

    private static @Nullable HookSpec hook(String mode) {
        for (OnFailure onFailure : OnFailure.values()) {
            if (onFailure.word().equals(mode)) {
                return new HookSpec("true", null, Duration.ofSeconds(2), onFailure);
            }
        }
        return null;
    }

    private void play(LeasedSession session, String events) {
        for (String event : events.split(" ")) {
            switch (event) {
                case "begin" -> session.begin("one", "ann", 1);
                case "ok" -> world.hookEnds(null);
                case "bad" -> world.hookEnds("Hook failed with exit code 3");
                case "leave" -> assertThat(session.endSession(1)).isTrue();
                case "end" -> session.end("");
                case "stop" -> session.stop();
                case "transfer" -> session.transfer("bob");
                case "1s" -> world.aSecondPasses();
                default -> throw new IllegalArgumentException(event);
            }
        }
    }

    /**
     * Hooks' failure modes, what happens, and what is told. "leave" is the client's EndSession, "end" the end of the lease; a "!" asks for
     * the lease's release.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Nothing goes wrong.
                "none     | none     | begin end                       | ready free",
                "warn     | none     | begin ok end                    | before ready free",
                "none     | warn     | begin end ok                    | ready after free",
                "warn     | warn     | begin ok end ok                 | before ready after free",
                // The client leaves first; the hook runs once whoever comes first.
                "none     | none     | begin leave end                 | ready free",
                "none     | none     | begin leave 1s end              | ready free free!",
                "none     | warn     | begin leave ok end              | ready after free",
                "none     | warn     | begin leave end ok              | ready after free",
                "none     | warn     | begin leave leave ok leave end  | ready after free",
                "none     | warn     | begin leave ok 1s end           | ready after free free!",
                "none     | warn     | begin leave ok end 1s           | ready after free",
                // A bad before-lease hook.
                "warn     | warn     | begin bad end ok                | before ready after free",
                "endLease | warn     | begin bad 1s end                | before before-failed before-failed! free",
                "endLease | warn     | begin bad end 1s                | before before-failed free",
                "endLease | warn     | begin bad leave end 1s          | before before-failed free",
                "exit     | warn     | begin bad 1s end                | before before-failed offline!",
                "exit     | warn     | begin bad end 1s                | before before-failed offline",
                "exit     | warn     | begin bad leave 1s end          | before before-failed offline!",
                // A bad after-lease hook after the client left.
                "none     | warn     | begin leave bad 1s end          | ready after free free!",
                "none     | endLease | begin leave bad 1s end          | ready after after-failed after-failed! free",
                "none     | endLease | begin leave bad end 1s          | ready after after-failed free",
                "none     | exit     | begin leave bad 1s end          | ready after after-failed offline!",
                "none     | exit     | begin leave bad end 1s          | ready after after-failed offline",
                // A bad after-lease hook at the end of the lease: nobody may have seen it.
                "none     | warn     | begin end bad                   | ready after free",
                "none     | endLease | begin end bad                   | ready after after-failed",
                "none     | endLease | begin end bad 1s                | ready after after-failed free",
                "none     | exit     | begin end bad 1s                | ready after after-failed offline",
                "none     | endLease | begin leave end bad 1s          | ready after after-failed free",
                // The end comes while the before-lease hook runs: it has done a part of its work.
                "warn     | none     | begin end                       | before",
                "warn     | none     | begin end bad                   | before free",
                "warn     | warn     | begin end bad ok                | before after free",
                "endLease | warn     | begin end bad ok                | before after free",
                "exit     | warn     | begin end ok ok                 | before after free",
                "warn     | warn     | begin leave bad ok end          | before after free",
                "warn     | warn     | begin leave end bad ok          | before after free",
                // The exporter stops.
                "none     | none     | stop                            | offline",
                "none     | none     | begin stop                      | ready offline!",
                "none     | none     | begin end stop                  | ready free offline",
                "none     | warn     | begin stop                      | ready after",
                "none     | warn     | begin stop stop ok              | ready after offline!",
                "none     | warn     | begin end stop ok               | ready after offline",
                "none     | warn     | begin leave stop ok             | ready after offline!",
                "none     | warn     | begin leave ok stop             | ready after free offline!",
                "none     | endLease | begin stop bad 1s               | ready after after-failed offline!",
                "none     | exit     | begin stop bad 1s               | ready after after-failed offline",
                "none     | endLease | begin end bad stop 1s           | ready after after-failed offline",
                "warn     | warn     | begin stop bad ok               | before after offline!",
                "exit     | warn     | begin bad stop 1s               | before before-failed offline!",
                "endLease | warn     | begin bad stop 1s               | before before-failed offline!",
                // A transfer changes nothing of it.
                "none     | warn     | begin transfer end ok           | ready after free",
                "warn     | warn     | begin transfer ok end ok        | before ready after free",
                "none     | warn     | begin leave transfer ok end     | ready after free",
            })
    void R04_everyEndIsTheDocumentedOne(String before, String after, String events, String told) {
        play(session(before, after), events);

        assertThat(world.told).containsExactly(told.split(" "));
    }

    @Test
    void aLeaseCountsItsStatusesAnew() {
        LeasedSession session = session("none", "none");
        session.begin("one", "ann", 7);
        assertThat(session.status())
                .isEqualTo(new SessionStatus(
                        EXPORTER_STATUS_LEASE_READY, "Ready for commands", 2, EXPORTER_STATUS_AVAILABLE, 7));

        session.end("");
        session.begin("two", "bob", 9);

        assertThat(session.status().version()).isEqualTo(2);
        assertThat(session.status().fence()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "warn     | begin bad | [HOOK_WARNING] beforeLease hook warning: Hook failed with exit code 3",
                "endLease | begin bad | beforeLease hook failed (on_failure=endLease): Hook failed with exit code 3",
                "exit     | begin bad | beforeLease hook failed (on_failure=exit, shutting down): Hook failed with exit code 3",
                "exit     | begin bad 1s | Exporter shutting down due to beforeLease hook failure",
                "warn     | begin ok end bad | [HOOK_WARNING] afterLease hook warning: Hook failed with exit code 3",
                "endLease | begin ok end bad | afterLease hook failed (on_failure=endLease): Hook failed with exit code 3",
                "exit     | begin ok end bad | afterLease hook failed (on_failure=exit, shutting down): Hook failed with exit code 3",
                "exit     | begin ok end bad 1s | Exporter shutting down due to afterLease hook failure",
                "warn     | begin | Running beforeLease hook",
                "warn     | begin ok | Ready for commands",
                "warn     | begin ok end | Running afterLease hooks",
                "warn     | begin ok end ok | Available for new lease",
                "warn     | begin ok end ok stop | Exporter shutting down",
            })
    void R04_theTextsAreThoseThatClientsKnow(String mode, String events, String text) {
        play(session(mode, mode), events);

        assertThat(world.lastText()).isEqualTo(text);
    }

    @Test
    void R03_aLateBeforeHookMakesNothingReady() {
        LeasedSession session = session("warn", "none");
        session.begin("one", "ann", 1);
        Future<Void> ended = session.end("");
        assertThat(ended.isComplete())
                .as("what is left of the hook could still use the drivers")
                .isFalse();
        assertThat(session.begin("two", "bob", 2).failed()).isTrue();

        world.hookEnds(null);

        assertThat(ended.succeeded()).isTrue();
        assertThat(world.told).doesNotContain("ready").endsWith("free");
        assertThat(session.begin("two", "bob", 2).failed()).isFalse();
    }

    @Test
    void R03_anEndWhileTheDriversAreResetMakesNothingReady() {
        world.resetsAtOnce = false;
        LeasedSession session = session("warn", "warn");
        Future<Void> begun = session.begin("one", "ann", 1);

        assertThat(session.end("").succeeded())
                .as("nothing was begun that needs an end")
                .isTrue();
        world.resets.remove().complete();

        assertThat(begun.isComplete()).isTrue();
        assertThat(world.hooksRun).isEmpty();
        assertThat(world.told).containsExactly("free");
    }

    @Test
    void R06_whatComesLateDoesNothingToTheNextLease() {
        LeasedSession session = session("none", "warn");
        session.begin("one", "ann", 1);
        play(session, "leave ok end");
        session.begin("two", "bob", 2);
        world.told.clear();

        world.aSecondPasses();
        assertThat(session.endSession(1)).isFalse();

        assertThat(world.told).isEmpty();
        assertThat(session.status().status()).isEqualTo(EXPORTER_STATUS_LEASE_READY);
    }

    @Test
    void oneLeaseAtATimeAndOnlyUnderANewerFence() {
        LeasedSession session = session("none", "none");
        session.begin("one", "ann", 5);
        assertThat(session.begin("one", "ann", 5).succeeded()).as("repeated").isTrue();
        assertThat(session.begin("two", "bob", 6).cause()).hasMessage("the exporter is held by lease one");

        session.end("");
        assertThat(session.begin("one", "ann", 5).cause()).hasMessage("the fence 5 is too old (expected: more than 5)");
        assertThat(world.told).containsExactly("ready", "free");

        session.stop();
        assertThat(session.begin("two", "bob", 6).cause()).hasMessage("the exporter is shutting down");
    }

    @Test
    void R13_aHoldingIsOverWithItsTransferAndWithItsEnd() {
        LeasedSession session = session("none", "warn");
        session.begin("one", "ann", 1);
        Holding ann = requireNonNull(session.holding());
        session.transfer("bob");
        Holding bob = requireNonNull(session.holding());

        assertThat(ann.over().result()).isEqualTo("the lease one was transferred to another client");
        assertThat(bob.over().isComplete()).isFalse();

        session.end("its time is up");
        assertThat(bob.over().result()).isEqualTo("the lease one has ended: its time is up");
        assertThat(world.hooksRun.get(0).holding().client()).isEqualTo("bob");
        assertThat(session.transfer("cat").cause()).hasMessage("the exporter is not leased");
    }

    @Test
    void exitIsToldOnceTheExporterIsOffline() {
        LeasedSession session = session("none", "exit");
        play(session, "begin end bad");
        assertThat(session.exit().isComplete()).isFalse();

        play(session, "1s");

        assertThat(session.exit().isComplete()).isTrue();
        assertThat(List.of(world.told.get(world.told.size() - 1))).containsExactly("offline");
    }
}
