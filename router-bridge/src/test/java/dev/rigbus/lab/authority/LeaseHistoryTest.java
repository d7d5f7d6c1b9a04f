package dev.rigbus.lab.authority;

import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.exporter;
import static dev.rigbus.lab.lease.Given.name;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.kernel.ports.AuditLog;
import dev.rigbus.lab.audit.Trail;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Limits;
import dev.rigbus.lab.lease.Outcome;
import dev.rigbus.lab.model.Condition;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Records;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.testkit.ManualCluster;
import dev.rigbus.testkit.MemoryRecordStore;
import dev.rigbus.wire.ExporterStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseHistoryTest {
    /** Keeps entries where a test can see them. */
    private static final class Book implements AuditLog {
        private final List<Entry> entries = new ArrayList<>();

        @Override
        public Future<Void> append(Entry entry) {
            entries.add(entry);
            return Future.succeededFuture();
        }

        @Override
        public Future<Page> read(long from, long until, int limit) {
            return Future.succeededFuture(new Page(entries, Set.of()));
        }

        List<String> told() {
            return entries.stream()
                    .map(entry -> entry.actor() + " " + entry.action() + " " + entry.object())
                    .toList();
        }
    }

    private final ManualCluster cluster = new ManualCluster("n1", NOON);
    private final MemoryRecordStore store = new MemoryRecordStore(cluster::time);
    private final LabView view = new LabView(store, node -> true);
    private final LabWriter writer = new LabWriter(store);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LeaseMeters meters = new LeaseMeters(registry, view);
    private final Book book = new Book();
    private final LeaseHistory history = new LeaseHistory(new Trail(book, cluster), meters);
    private final Set<String> draining = new HashSet<>();
    private final Vertx vertx = Vertx.vertx();
    private final Leasing leasing =
            new Leasing(vertx, cluster, view, writer, draining::contains, Limits.DEFAULT, history);

    @BeforeEach
    void aBoardAndALease() {
        writer.exporters().create(exporter("rack", Map.of("board", "x")));
        ExporterState state = new ExporterState(
                name("rack"), "n1", 1, ExporterStatus.EXPORTER_STATUS_AVAILABLE, "", NOON, true, null, null, null, 0);
        store.own(ExporterState.KIND, state.name().key(), 1, Records.write(state));
        writer.leases().create(wants("one", "board=x"));
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    private double acquired(String result) {
        return registry.get(LeaseMeters.ACQUISITIONS)
                .tag("result", result)
                .counter()
                .count();
    }

    private double ofRack(String result) {
        Counter counter = registry.find(LeaseMeters.OF_EXPORTER)
                .tags("exporter", "lab/rack", "result", result)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void bothResultsAreThereBeforeAnythingHappens() {
        assertThat(acquired("success")).isZero();
        assertThat(acquired("failure")).isZero();
    }

    @Test
    void aGrantIsTimedCountedAndWrittenDownOnce() {
        cluster.advance(Duration.ofSeconds(90));

        assertThat(leasing.grant(name("one"), name("rack"), 1).result()).isNotNull();
        assertThat(leasing.grant(name("one"), name("rack"), 2).result()).isNull();

        assertThat(acquired("success")).isEqualTo(1);
        assertThat(ofRack("granted")).isEqualTo(1);
        assertThat(registry.get(LeaseMeters.WAIT).timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(90);
        assertThat(registry.get(LeaseMeters.ACTIVE).gauge().value()).isEqualTo(1);
        assertThat(registry.get(LeaseMeters.WAITING).gauge().value()).isZero();
        assertThat(book.told()).containsExactly("lab lease.grant lease lab/one");
        assertThat(book.entries.get(0).detail())
                .containsEntry("exporter", "rack")
                .containsEntry("client", "alice");
    }

    @Test
    void anEndIsWrittenDownOnceAndSaysWhoseDoingItWas() {
        leasing.grant(name("one"), name("rack"), 1);
        leasing.giveBack(name("one"), "its hook failed");
        leasing.expire(name("one"));

        assertThat(book.told().subList(1, 2)).containsExactly("exporter lab/rack lease.release lease lab/one");
        assertThat(book.told()).hasSize(2);
        assertThat(book.entries.get(1).detail().get("reason")).contains("its hook failed");
    }

    @Test
    void aLeaseThatExpiresWasEndedByTheLab() {
        leasing.grant(name("one"), name("rack"), 1);
        cluster.advance(Duration.ofHours(2));
        leasing.expire(name("one"));

        assertThat(book.told().get(1)).isEqualTo("lab lease.expire lease lab/one");
    }

    @Test
    void aWishThatCannotBeSatisfiedIsAFailure() {
        Outcome.Hopeless why = new Outcome.Hopeless(Condition.UNSATISFIABLE, "NoAccess", "no policy allows it");
        history.hopeless(Conditions.hopeless(wants("never", "board=y"), why, NOON));

        assertThat(acquired("failure")).isEqualTo(1);
        assertThat(acquired("success")).isZero();
        assertThat(book.told()).containsExactly("lab lease.refuse lease lab/never");
        assertThat(book.entries.get(0).outcome()).isEqualTo("no policy allows it");
    }

    @Test
    void namesOfExportersDoNotFillTheMemory() {
        for (int i = 0; i < LeaseMeters.MOST_EXPORTERS + 50; i++) {
            meters.count(name("rack" + i), LeaseMeters.Result.GRANTED);
        }
        assertThat(registry.find(LeaseMeters.OF_EXPORTER).counters()).hasSize(LeaseMeters.MOST_EXPORTERS);
    }

    @Test
    void aNodeThatDrainsGrantsNothing() {
        assertThat(leasing.mayGrant(name("rack"))).isTrue();
        draining.add("n2");
        assertThat(leasing.mayGrant(name("rack"))).isTrue();
        draining.add("n1");
        assertThat(leasing.mayGrant(name("rack"))).isFalse();
    }
}
