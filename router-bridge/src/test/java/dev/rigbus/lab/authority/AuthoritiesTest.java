package dev.rigbus.lab.authority;

import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.exporter;
import static dev.rigbus.lab.lease.Given.name;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import dev.rigbus.wire.ExporterStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stock exporter is told of its leases, and by whom, with records that can fail and nodes that come and go. */
class AuthoritiesTest {
    private static final ObjectName RACK = name("rack");
    private static final String AVAILABLE = ExporterStatus.EXPORTER_STATUS_AVAILABLE.name();

    /** Hears what the exporter would. */
    private static final class Heard implements StatusStream {
        private final List<String> words = new CopyOnWriteArrayList<>();

        @Override
        public void leased(String lease, String client) {
            words.add(lease + " for " + client);
        }

        @Override
        public void free() {
            words.add("free");
        }

        @Override
        public void end(@Nullable String reason) {
            words.add("end");
        }
    }

    private static final AuditLog NO_AUDIT = new AuditLog() {
        @Override
        public Future<Void> append(Entry entry) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Page> read(long from, long until, int limit) {
            return Future.succeededFuture(new Page(List.of(), Set.of()));
        }
    };

    private final ManualCluster cluster = new ManualCluster("n1", NOON);
    private final MemoryRecordStore store = new MemoryRecordStore(cluster::time);
    private final LabView view = new LabView(store, node -> cluster.members().contains(node));
    private final LabWriter writer = new LabWriter(store);
    private final Vertx vertx = Vertx.vertx();
    private final Leasing leasing = new Leasing(
            vertx,
            cluster,
            view,
            writer,
            node -> false,
            Limits.DEFAULT,
            new LeaseHistory(new Trail(NO_AUDIT, cluster), new LeaseMeters(new SimpleMeterRegistry(), view)));
    private final ListenDesk desk = new ListenDesk(vertx, "n1");
    private final Authorities authorities = new Authorities(
            vertx,
            cluster,
            view,
            leasing,
            (exporter, lease, fence, own) -> new Invitation("here:1", "token"),
            desk,
            Duration.ofMillis(50),
            Duration.ofMillis(500));
    private final Heard heard = new Heard();

    @BeforeEach
    void aBoard() throws Exception {
        writer.exporters().create(exporter("rack", Map.of("board", "x")));
        await(desk.start());
        await(authorities.start());
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.await(10, TimeUnit.SECONDS);
    }

    private void until(String what, BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what + "; it heard " + heard.words).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private void hears(String... words) throws Exception {
        until("it hears " + List.of(words), () -> heard.words.equals(List.of(words)));
    }

    private Lease lease(String lease) {
        return Objects.requireNonNull(view.lease(name(lease)));
    }

    private ExporterState state() {
        return Objects.requireNonNull(view.state(RACK));
    }

    private void connect() throws Exception {
        await(authorities.attach(RACK, heard));
        report(AVAILABLE);
    }

    private void report(String status) throws Exception {
        await(authorities.tell(RACK, authority -> authority.reported(status, "", false)));
    }

    private void release(String lease) throws Exception {
        await(writer.leases().update(name(lease), held -> Conditions.released(held, null, leasing.now())));
    }

    @Test
    void theOldestThatWaitsGetsABoardThatBecomesFree() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        cluster.advance(Duration.ofSeconds(1));
        connect();
        until("granted", () -> lease("one").isHeld());
        hears("one for " + lease("one").client());
        assertThat(state().fence()).isEqualTo(1);
        assertThat(state().told()).isEqualTo("one");
    }

    @Test
    void aBoardThatIsTakenIsNotGivenAgain() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> lease("one").isHeld());
        await(writer.leases().create(wants("two", "board=x")));
        assertThat(await(authorities.of(RACK).offer("two"))).isFalse();
        assertThat(lease("two").isWaiting()).isTrue();
    }

    @Test
    void betweenTwoLeasesItHearsThatNobodyHasTheBoard() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> lease("one").isHeld());
        await(writer.leases().create(wants("two", "board=x")));
        // The stock exporter says that it is available before its lease is released.
        report(AVAILABLE);
        release("one");
        until("granted next", () -> lease("two").isHeld());
        hears(
                "one for " + lease("one").client(),
                "free",
                "two for " + lease("two").client());
    }

    @Test
    void itHearsSoAlsoIfItsStreamWasAwayMeanwhile() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> "one".equals(state().told()));
        authorities.detach(RACK, heard);
        release("one");
        await(writer.leases().create(wants("two", "board=x")));
        until("granted next", () -> {
            authorities.of(RACK).offer("two");
            return lease("two").isHeld();
        });
        heard.words.clear();
        await(authorities.attach(RACK, heard));
        hears("free", "two for " + lease("two").client());
    }

    @Test
    void aLeaseThatGoesOverIsToldAgainWithItsNewClient() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> "one".equals(state().told()));
        await(writer.leases().update(name("one"), held -> held.withClient("zoe")));
        until("it hears of zoe", () -> heard.words.contains("one for zoe"));
    }

    @Test
    void aGrantOfWhichNothingWasHeardIsTakenUpWhenItShows() throws Exception {
        connect();
        until("known", () -> state().online());
        await(writer.leases().create(wants("one", "board=x")));
        store.refuse("the lab is re-forming");
        assertThat(await(authorities.of(RACK).offer("one"))).isFalse();
        store.refuse(null);
        long fence = state().fence();
        await(writer.leases()
                .update(
                        name("one"),
                        waiting -> Conditions.granted(
                                waiting, new Lease.Grant("rack", fence, 0, leasing.now()), leasing.now())));
        until("taken up", () -> "one".equals(state().lease()));
    }

    @Test
    void aGrantThatShowsWhenTheBoardHasGoneOnIsTakenBack() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> lease("one").isHeld());
        Lease late = Conditions.granted(
                wants("late", "board=x"), new Lease.Grant("rack", 0, 0, leasing.now()), leasing.now());
        await(writer.leases().create(late));
        until("taken back", () -> lease("late").hasEnded());
        assertThat(lease("one").isHeld()).isTrue();
    }

    @Test
    void whoeverWasTakenOverFromFallsSilent() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> lease("one").isHeld());
        // The other side of a split has taken the exporter over, ended its lease and granted the next.
        ExporterState there = state();
        ExporterState taken = new ExporterState(
                RACK,
                "n2",
                there.epoch() + 1,
                ExporterStatus.EXPORTER_STATUS_LEASE_READY,
                "",
                NOON,
                true,
                "theirs",
                "bob",
                "theirs",
                there.fence() + 1);
        await(store.own(ExporterState.KIND, RACK.key(), taken.epoch(), Records.write(taken)));
        until("its stream ends", () -> heard.words.contains("end"));
        Lease theirs = Conditions.granted(
                wants("theirs", "board=x"), new Lease.Grant("rack", taken.fence(), 0, leasing.now()), leasing.now());
        await(writer.leases().create(theirs));
        release("one");
        until("nobody speaks for it here", () -> {
            var offered = authorities.of(RACK).offer("one");
            try {
                await(offered);
                return false;
            } catch (Exception gone) {
                return true;
            }
        });
        assertThat(lease("theirs").isHeld()).isTrue();
        assertThat(state().node()).isEqualTo("n2");
    }

    /** Two calls of an exporter that arrive at two nodes at once make both of them its authority. */
    @Test
    void ofTwoThatBeganTheSameEpochTheFirstByNameGoesOn() throws Exception {
        connect();
        ExporterState mine = state();
        await(store.own(ExporterState.KIND, RACK.key(), mine.epoch(), Records.write(rival("n2", mine.epoch()))));
        until("it insists", () -> state().epoch() == mine.epoch() + 1);
        assertThat(state().node()).isEqualTo("n1");
        assertThat(heard.words).doesNotContain("end");
        long epoch = mine.epoch() + 1;
        await(store.own(ExporterState.KIND, RACK.key(), epoch, Records.write(rival("n0", epoch))));
        until("it gives way", () -> heard.words.contains("end"));
    }

    /** The node that looks after an exporter is lost, another through which it listens is not: that call goes on. */
    @Test
    void anExporterThatGoesOnListeningIsHeardByWhoeverLooksAfterItNext() throws Exception {
        Lease held = Conditions.granted(
                wants("one", "board=x"), new Lease.Grant("rack", 5, 0, leasing.now()), leasing.now());
        await(writer.leases().create(held));
        await(store.own(ExporterState.KIND, RACK.key(), 1, Records.write(ofNode("n2", "one", 5))));
        until("known", () -> view.state(RACK) != null);
        List<Invitation> invitations = new CopyOnWriteArrayList<>();
        desk.add(RACK, "one", new ListenDesk.ListenStream() {
            @Override
            public Future<Boolean> invite(Invitation invitation) {
                invitations.add(invitation);
                return Future.succeededFuture(true);
            }

            @Override
            public void end() {
                invitations.clear();
            }
        });
        connect();
        hears("one for " + held.client());
        await(authorities.of(RACK).reported(ExporterStatus.EXPORTER_STATUS_LEASE_READY.name(), "", false));
        await(authorities.dial(RACK, "one"));
        assertThat(invitations).hasSize(1);
    }

    private static ExporterState rival(String node, long epoch) {
        return new ExporterState(
                RACK, node, epoch, ExporterStatus.EXPORTER_STATUS_AVAILABLE, "", NOON, true, null, null, null, 0);
    }

    @Test
    void whoWaitsForAnAnswerOfANodeThatIsLostIsToldSoon() throws Exception {
        await(store.own(ExporterState.KIND, RACK.key(), 1, Records.write(ofNode("n2", null, 5))));
        cluster.members(Set.of("n1", "n2"), true);
        // Nobody answers there, as on a node that was killed and is still listed.
        vertx.eventBus().consumer(AuthorityService.address(RACK.key()), message -> {});
        Future<?> dial = authorities.dial(RACK, "one");
        cluster.members(Set.of("n1"), true);
        assertThatThrownBy(() -> await(dial)).hasMessageContaining("cannot be reached");
    }

    @Test
    void aNodeThatSeesLessThanHalfOfTheLabTakesNothingOver() throws Exception {
        await(store.own(ExporterState.KIND, RACK.key(), 1, Records.write(ofNode("n2", null, 5))));
        cluster.members(Set.of("n1"), false);
        assertThatThrownBy(() -> await(authorities.attach(RACK, heard))).hasMessageContaining("cannot reach enough");
    }

    @Test
    void whoComesToANodeThatHasJustLostTheOthersWaitsUntilItSeesThem() throws Exception {
        await(store.own(ExporterState.KIND, RACK.key(), 1, Records.write(ofNode("n2", null, 5))));
        cluster.members(Set.of("n1"), false);
        Future<Void> attached = authorities.attach(RACK, heard);
        cluster.members(Set.of("n1", "n3"), true);
        await(attached);
        assertThat(state().node()).isEqualTo("n1");
    }

    @Test
    void aNodeThatTakesOverFromALostOneKeepsTheLeaseAndGrantsNoOtherForAWhile() throws Exception {
        Lease held = Conditions.granted(
                wants("one", "board=x"), new Lease.Grant("rack", 5, 0, leasing.now()), leasing.now());
        await(writer.leases().create(held));
        await(store.own(ExporterState.KIND, RACK.key(), 1, Records.write(ofNode("n2", "one", 5))));
        connect();
        hears("one for " + held.client());
        // Nothing before it: whoever hears that nobody has it ends the session of its client.
        assertThat(heard.words).first().isEqualTo("one for " + held.client());
        assertThat(state().epoch()).isEqualTo(2);
        await(writer.leases().create(wants("two", "board=x")));
        release("one");
        until("let go", () -> state().lease() == null);
        assertThat(await(authorities.of(RACK).offer("two"))).isFalse();
        cluster.advance(Duration.ofSeconds(21));
        assertThat(await(authorities.of(RACK).offer("two"))).isTrue();
        assertThat(state().fence()).isEqualTo(6);
    }

    private static ExporterState ofNode(String node, @Nullable String lease, long fence) {
        return new ExporterState(
                RACK,
                node,
                1,
                ExporterStatus.EXPORTER_STATUS_AVAILABLE,
                "",
                Instant.EPOCH,
                true,
                lease,
                lease == null ? null : "ann",
                lease,
                fence);
    }

    @Test
    void anEndThatCannotBeWrittenIsWrittenWhenTheStoreIsBack() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        store.refuse("the disk is full");
        for (int i = 0; i < 100; i++) {
            leasing.expire(name("one"));
        }
        assertThat(lease("one").hasEnded()).isFalse();
        store.refuse(null);
        until("ended", () -> lease("one").hasEnded());
    }

    @Test
    void anExporterThatIsSilentIsOffline() throws Exception {
        await(authorities.tell(RACK, authority -> authority.reported(AVAILABLE, "", false)));
        until("online", () -> state().online());
        cluster.advance(Authority.SILENCE.plusSeconds(1));
        until("offline", () -> state().status() == ExporterStatus.EXPORTER_STATUS_OFFLINE);
        assertThat(state().message()).contains("last seen more than 1 minute ago");
    }

    @Test
    void R05_aBoardWhoseWordThatItIsAvailableWasLostIsLeasedAgain() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> "one".equals(state().told()));
        report(ExporterStatus.EXPORTER_STATUS_LEASE_READY.name());
        await(writer.leases().create(wants("two", "board=x")));
        release("one");
        until("it heard that it is free", () -> state().lease() == null && state().told() == null);
        // Longer than it takes to tidy up, and nothing is heard of it but that it is there.
        until("granted next", () -> {
            // Slowly enough that a minute does not pass between two ticks.
            cluster.advance(Duration.ofMillis(40));
            return lease("two").isHeld();
        });
        assertThat(Duration.between(NOON, leasing.now())).isGreaterThan(Authority.WORD_LOST);
    }

    @Test
    void R05_aBoardThatTidiesUpIsGivenTheTimeItTakes() throws Exception {
        await(writer.leases().create(wants("one", "board=x")));
        connect();
        until("granted", () -> "one".equals(state().told()));
        report(ExporterStatus.EXPORTER_STATUS_LEASE_READY.name());
        await(writer.leases().create(wants("two", "board=x")));
        release("one");
        report(ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK.name());
        until("it heard that it is free", () -> state().lease() == null && state().told() == null);
        for (int minute = 0; minute < 5; minute++) {
            cluster.advance(Duration.ofMinutes(1));
            assertThat(await(authorities.of(RACK).offer("two"))).isFalse();
        }
        report(AVAILABLE);
        until("granted next", () -> lease("two").isHeld());
    }
}
