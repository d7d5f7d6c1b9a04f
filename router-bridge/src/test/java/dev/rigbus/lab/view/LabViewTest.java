package dev.rigbus.lab.view;

import static dev.rigbus.lab.lease.Given.NOON;
import static dev.rigbus.lab.lease.Given.client;
import static dev.rigbus.lab.lease.Given.created;
import static dev.rigbus.lab.lease.Given.exporter;
import static dev.rigbus.lab.lease.Given.granted;
import static dev.rigbus.lab.lease.Given.name;
import static dev.rigbus.lab.lease.Given.policy;
import static dev.rigbus.lab.lease.Given.rule;
import static dev.rigbus.lab.lease.Given.state;
import static dev.rigbus.lab.lease.Given.wants;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.RecordStore.StoreUnavailableException;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Outcome;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.testkit.MemoryRecordStore;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LabViewTest {
    private final MemoryRecordStore store = new MemoryRecordStore(() -> 1);
    private final LabWriter writer = new LabWriter(store);

    private static void refused(Future<?> future, String text) {
        assertThat(future.cause()).isInstanceOfSatisfying(StatusException.class, e -> {
            assertThat(e.status().code()).isEqualTo(Code.UNKNOWN);
            assertThat(e.status().text()).isEqualTo(text);
        });
    }

    private void present(String exporter, Map<String, String> labels) {
        writer.exporters().create(exporter(exporter, labels));
        ExporterState state = state(exporter, ExporterStatus.EXPORTER_STATUS_AVAILABLE, true, null);
        store.own(ExporterState.KIND, state.name().key(), 1, Records.write(state));
    }

    @Test
    void whatWasThereAndWhatComesIsFound() {
        writer.clients().create(client("alice", Map.of("team", "red")));
        LabView view = new LabView(store, node -> true);
        present("e", Map.of("board", "imx"));
        writer.policies().create(policy("p", "", rule(null, 3, null, "team=red")));
        writer.leases().create(wants("l", "board=imx"));

        assertThat(view.client(name("alice"))).isEqualTo(client("alice", Map.of("team", "red")));
        assertThat(view.exporter(name("e"))).isEqualTo(exporter("e", Map.of("board", "imx")));
        assertThat(view.lease(name("l"))).isEqualTo(wants("l", "board=imx"));
        assertThat(view.policy(name("p"))).isNotNull();
        assertThat(view.match(wants("l", "board=imx"), NOON)).isInstanceOf(Outcome.Candidates.class);

        writer.policies().delete(name("p"));
        writer.policies().create(policy("p", "board=rpi", rule(null, 3, null, "team=red")));
        assertThat(view.match(wants("l", "board=imx"), NOON)).isInstanceOf(Outcome.Hopeless.class);
        writer.policies().delete(name("p"));
        assertThat(view.match(wants("l", "board=imx"), NOON)).isInstanceOf(Outcome.Candidates.class);
        view.close();
        writer.clients().delete(name("alice"));
        assertThat(view.client(name("alice"))).isNotNull();
    }

    @Test
    void aLeaseIsFoundByWhatBecameOfIt() {
        LabView view = new LabView(store, node -> true);
        writer.leases().create(created(wants("a", "board"), NOON.plusSeconds(2)));
        writer.leases().create(created(wants("b", "board"), NOON.plusSeconds(1)));
        assertThat(view.waiting()).extracting(lease -> lease.name().name()).containsExactly("b", "a");
        assertThat(view.activeLeases("lab")).hasSize(2);

        writer.leases().update(name("a"), lease -> granted(lease, "e", 1, NOON));
        assertThat(view.waiting()).extracting(lease -> lease.name().name()).containsExactly("b");
        assertThat(view.holder(name("e"))).isEqualTo(view.lease(name("a")));

        // Two sides of a split gave it away: the newer fence has it, whatever arrives first.
        writer.leases().update(name("b"), lease -> granted(lease, "e", 2, NOON));
        writer.leases().update(name("a"), lease -> lease.withClient("bob"));
        assertThat(view.holder(name("e"))).isEqualTo(view.lease(name("b")));

        writer.leases().update(name("b"), lease -> Conditions.released(lease, null, NOON));
        assertThat(view.activeLeases("lab").keySet()).containsExactly(name("a"));
        assertThat(view.ended()).containsExactly(view.lease(name("b")));
        assertThat(view.leases("lab").keySet()).containsExactly(name("a"), name("b"));
        assertThat(view.holder(name("e"))).isEqualTo(view.lease(name("a")));

        writer.leases().delete(name("b"));
        assertThat(view.ended()).isEmpty();
        assertThat(view.lease(name("b"))).isNull();
    }

    @Test
    void whatANodeSaidThatIsGoneHoldsNoMore() {
        Set<String> nodes = ConcurrentHashMap.newKeySet();
        LabView view = new LabView(store, nodes::contains);
        present("e", Map.of("board", "imx"));
        assertThat(view.match(wants("l", "board=imx"), NOON)).isInstanceOf(Outcome.Waiting.class);
        nodes.add("n1");
        assertThat(view.match(wants("l", "board=imx"), NOON)).isInstanceOf(Outcome.Candidates.class);
    }

    @Test
    void whoWritesFindsItAtOnceThoughTheNoticeIsStillOnItsWay() {
        LabView view = new LabView(store, node -> true);
        LabWriter here = new LabWriter(store, view);
        view.close(); // no notice comes any more
        here.exporters().create(exporter("e", Map.of("board", "imx")));
        here.keep(state("e", ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK, true, null));
        assertThat(view.exporter(name("e"))).isNotNull();
        assertThat(view.state(name("e")))
                .isEqualTo(state("e", ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK, true, null));
    }

    @Test
    void namespacesAreApart() {
        LabView view = new LabView(store, node -> true);
        for (String namespace : List.of("lab", "lab-2", "lab.x", "la", "lab0")) {
            Lease lease = wants("l", "a");
            writer.leases()
                    .create(new Lease(
                            new ObjectName(namespace, "l"),
                            "u",
                            "c",
                            lease.wish(),
                            lease.time(),
                            null,
                            null,
                            List.of(),
                            NOON));
        }
        assertThat(view.leases("lab").keySet()).containsExactly(name("l"));
        assertThat(view.leases("nobody")).isEmpty();
        assertThat(view.leases()).hasSize(5);
    }

    @Test
    void listenersHearAllChangesInOneOrder() {
        LabView view = new LabView(store, node -> true);
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        view.onLease(change -> {
            first.add(text(change));
            // What a listener changes comes after what it was told of, for all of them.
            if (change.before() == null && change.now() != null) {
                writer.leases().update(change.name(), lease -> lease.withClient("bob"));
            }
            if (change.now() == null) {
                throw new IllegalStateException("does not keep the others from hearing it");
            }
        });
        var registration = view.onLease(change -> second.add(text(change)));
        writer.leases().create(wants("l", "a"));
        writer.leases().delete(name("l"));
        assertThat(first).containsExactly("null > alice", "alice > bob", "bob > null");
        assertThat(second).isEqualTo(first);
        registration.cancel();
        writer.leases().create(wants("l", "a"));
        assertThat(second).hasSize(3);
    }

    private static String text(Changed<Lease> change) {
        return (change.before() == null ? null : change.before().client()) + " > "
                + (change.now() == null ? null : change.now().client());
    }

    @Test
    void changesAreRefusedInTheWordsOfTheWire() {
        writer.leases().create(wants("l", "a"));
        refused(writer.leases().create(wants("l", "a")), "leases.jumpstarter.dev \"l\" already exists");
        refused(writer.leases().update(name("x"), lease -> lease), "leases.jumpstarter.dev \"x\" not found");
        refused(writer.clients().delete(name("x")), "clients.jumpstarter.dev \"x\" not found");
        refused(
                writer.leases().update(name("l"), lease -> {
                    throw new StatusException(Code.UNKNOWN, "no");
                }),
                "no");
        store.refuse("the database is away");
        assertThat(writer.leases().create(wants("m", "a")).cause()).isInstanceOf(StoreUnavailableException.class);
        // Nothing to change is nothing to write.
        assertThat(writer.leases().update(name("l"), lease -> lease).succeeded())
                .isTrue();
        store.refuse(null);
        assertThat(writer.leases()
                        .createOrUpdate(name("n"), lease -> lease == null ? wants("n", "a") : lease.withClient("bob"))
                        .result()
                        .client())
                .isEqualTo("alice");
        assertThat(writer.leases()
                        .createOrUpdate(name("n"), lease -> lease == null ? wants("n", "a") : lease.withClient("bob"))
                        .result()
                        .client())
                .isEqualTo("bob");
        writer.leases().deleteIf(name("n"), lease -> lease.client().equals("alice"));
        assertThat(store.get(Lease.KIND, "lab/n")).isNotNull();
        writer.leases().deleteIf(name("n"), lease -> lease.client().equals("bob"));
        assertThat(store.get(Lease.KIND, "lab/n")).isNull();
    }

    /** R01, the part of it that is the record's: a thousand racing grants of one lease, one of which counts. */
    @Test
    void R01_ofRacingChangesEachCountsOrIsRefused() throws Exception {
        LabView view = new LabView(store, node -> true);
        writer.leases().create(wants("l", "a"));
        AtomicInteger granted = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Void>> racers = new ArrayList<>();
        for (int racer = 0; racer < 4; racer++) {
            int number = racer;
            racers.add(CompletableFuture.runAsync(() -> {
                await(start);
                for (int i = 0; i < 250; i++) {
                    int fence = number * 250 + i;
                    writer.leases()
                            .update(name("l"), lease -> granted(lease, "e" + fence, fence, NOON))
                            .onSuccess(lease -> granted.incrementAndGet());
                    writer.leases().createOrUpdate(name("count"), LabViewTest::onceMore);
                }
            }));
        }
        start.countDown();
        CompletableFuture.allOf(racers.toArray(CompletableFuture[]::new)).join();
        assertThat(granted).hasValue(1);
        Lease count = Objects.requireNonNull(view.lease(name("count")));
        assertThat(count.client()).isEqualTo("1000");
    }

    private static void await(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Lease onceMore(@Nullable Lease lease) {
        return lease == null
                ? wants("count", "a").withClient("1")
                : lease.withClient("" + (Integer.parseInt(lease.client()) + 1));
    }

    /** R18, the part of it that is memory's: pages and look-ups among many cost next to nothing. */
    @Test
    void R18_manyLeasesAndExportersArePagedThrough() {
        for (int i = 0; i < 1_000; i++) {
            present("e%04d".formatted(i), Map.of("board", "b" + i % 50));
        }
        for (int i = 0; i < 10_000; i++) {
            Lease lease = created(wants("l%05d".formatted(i), "board=b" + i % 60), NOON.plusMillis(i));
            Lease now = i % 2 == 0 ? lease : Conditions.released(lease, null, NOON.plusSeconds(i));
            store.write(Lease.KIND, now.name().key(), 0, Records.write(now));
        }
        LabView view = new LabView(store, node -> true);
        List<ObjectName> seen = new ArrayList<>();
        long start = System.nanoTime();
        var page = view.activeLeases("lab").entrySet().stream().limit(100).toList();
        while (!page.isEmpty()) {
            page.forEach(entry -> seen.add(entry.getKey()));
            page = view.activeLeases("lab").tailMap(seen.get(seen.size() - 1), false).entrySet().stream()
                    .limit(100)
                    .toList();
        }
        assertThat(seen).hasSize(5_000).isSorted().doesNotHaveDuplicates();
        for (int i = 0; i < 100; i++) {
            assertThat(view.match(wants("new", "board=b" + i % 50), NOON)).isInstanceOf(Outcome.Candidates.class);
        }
        assertThat(view.waiting()).hasSize(5_000);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.println("50 pages and 100 matches among 1000 exporters took " + took.toMillis() + " ms");
        assertThat(took).isLessThan(Duration.ofSeconds(5));
    }
}
