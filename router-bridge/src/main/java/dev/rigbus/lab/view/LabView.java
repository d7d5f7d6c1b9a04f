package dev.rigbus.lab.view;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.lease.Board;
import dev.rigbus.lab.lease.LeaseUpdate;
import dev.rigbus.lab.lease.Matching;
import dev.rigbus.lab.lease.Outcome;
import dev.rigbus.lab.lease.Policies;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The whole lab as it is known here, in memory. Safe to use from any thread; what it returns may change under the reader's hands, but is never
 * torn. Maps are ordered by name and cover one namespace: {@code tailMap} of them is a page.
 */
public final class LabView implements LeaseUpdate.Lab, AutoCloseable {
    private final LeaseOrders orders = new LeaseOrders();
    private final Map<String, Policies> policiesOf = new ConcurrentHashMap<>();

    private final Index<Client> clients;
    private final Index<Exporter> exporters;
    private final Index<ExporterState> states;
    private final Index<Policy> policies;
    private final Index<Lease> leases;
    private final List<RecordStore.Registration> watches;

    private final Predicate<String> reachable;

    /** @param reachable whether a node, by name, can be reached now: what one said that cannot be does not hold any more */
    public LabView(RecordStore store, Predicate<String> reachable) {
        this.reachable = reachable;
        clients = new Index<>(store, Client.KIND, Client.class, change -> {});
        exporters = new Index<>(store, Exporter.KIND, Exporter.class, change -> {});
        states = new Index<>(store, ExporterState.KIND, ExporterState.class, change -> {});
        policies = new Index<>(
                store,
                Policy.KIND,
                Policy.class,
                change -> compile(change.name().namespace()));
        leases = new Index<>(store, Lease.KIND, Lease.class, orders::keep);
        watches = List.of(clients.open(), exporters.open(), states.open(), policies.open(), leases.open());
    }

    @Override
    public @Nullable Client client(ObjectName name) {
        return clients.values().get(name);
    }

    @Override
    public @Nullable Exporter exporter(ObjectName name) {
        return exporters.values().get(name);
    }

    public @Nullable ExporterState state(ObjectName exporter) {
        return states.values().get(exporter);
    }

    public @Nullable Policy policy(ObjectName name) {
        return policies.values().get(name);
    }

    public @Nullable Lease lease(ObjectName name) {
        return leases.values().get(name);
    }

    public NavigableMap<ObjectName, Client> clients(String namespace) {
        return within(namespace, clients.values());
    }

    public NavigableMap<ObjectName, Exporter> exporters(String namespace) {
        return within(namespace, exporters.values());
    }

    public NavigableMap<ObjectName, Policy> policies(String namespace) {
        return within(namespace, policies.values());
    }

    /** Ended ones among them. */
    public NavigableMap<ObjectName, Lease> leases(String namespace) {
        return within(namespace, leases.values());
    }

    /** Those that have not ended. */
    public NavigableMap<ObjectName, Lease> activeLeases(String namespace) {
        return within(namespace, orders.active());
    }

    /** The lease that has this exporter; absent if none does. */
    public @Nullable Lease holder(ObjectName exporter) {
        return orders.holder(exporter);
    }

    /** The leases that wait for a board, of all namespaces, the oldest first. */
    public NavigableSet<Lease> waiting() {
        return orders.waiting();
    }

    /** Those that have ended, of all namespaces, the one that ended first first. */
    public NavigableSet<Lease> ended() {
        return orders.ended();
    }

    public Collection<Client> clients() {
        return Collections.unmodifiableCollection(clients.values().values());
    }

    public Collection<Exporter> exporters() {
        return Collections.unmodifiableCollection(exporters.values().values());
    }

    public Collection<ExporterState> states() {
        return Collections.unmodifiableCollection(states.values().values());
    }

    public Collection<Policy> policies() {
        return Collections.unmodifiableCollection(policies.values().values());
    }

    public Collection<Lease> leases() {
        return Collections.unmodifiableCollection(leases.values().values());
    }

    /** The policies of a namespace, ready to be asked. */
    @Override
    public Policies rules(String namespace) {
        return policiesOf.getOrDefault(namespace, Policies.NONE);
    }

    public @Nullable Board board(ObjectName exporter) {
        Exporter found = exporter(exporter);
        return found == null ? null : board(found);
    }

    public Board board(Exporter exporter) {
        return new Board(exporter, seen(state(exporter.name())), holder(exporter.name()));
    }

    /** What can be said of an exporter: if its authority cannot be asked, that. */
    public @Nullable ExporterState seen(ObjectName exporter) {
        return seen(state(exporter));
    }

    private @Nullable ExporterState seen(@Nullable ExporterState state) {
        return state == null || reachable.test(state.node()) ? state : state.lost();
    }

    public List<Board> boards(String namespace) {
        List<Board> all = new ArrayList<>();
        exporters(namespace).values().forEach(exporter -> all.add(board(exporter)));
        return all;
    }

    /** The labels of a client; none for one that is not there any more. */
    public Map<String, String> labels(ObjectName client) {
        Client found = client(client);
        return found == null ? Map.of() : found.labels();
    }

    /** Which boards a waiting lease can have now; if none, why. */
    public Outcome match(Lease lease, Instant now) {
        return matching(lease).match(lease, labels(clientOf(lease)), matchingBoards(lease), now);
    }

    /** Those that do not match its selector make no difference to a lease, and are nearly all there are. */
    private List<Board> matchingBoards(Lease lease) {
        if (lease.wish().exporter() != null) {
            return boardsFor(lease);
        }
        Selector selector = Selector.kept(lease.wish().selector());
        List<Board> matching = new ArrayList<>();
        for (Exporter exporter : exporters(lease.name().namespace()).values()) {
            if (selector.matches(exporter.labels())) {
                matching.add(board(exporter));
            }
        }
        return matching;
    }

    public Matching matching(Lease lease) {
        return new Matching(rules(lease.name().namespace()));
    }

    /** All that come into question: one at most for a lease that names its exporter. */
    public List<Board> boardsFor(Lease lease) {
        String namespace = lease.name().namespace();
        String exporter = lease.wish().exporter();
        if (exporter == null) {
            return boards(namespace);
        }
        Board board = board(new ObjectName(namespace, exporter));
        return board == null ? List.of() : List.of(board);
    }

    /** Who holds it, or waits with it. */
    public static ObjectName clientOf(Lease lease) {
        return new ObjectName(lease.name().namespace(), lease.client());
    }

    /** Looks at what the store has now: a notice of it may still be on its way. */
    void refresh(String kind, ObjectName name) {
        for (Index<?> index : List.of(clients, exporters, states, policies, leases)) {
            if (index.kind().equals(kind)) {
                index.refresh(name.key());
            }
        }
    }

    /** Listeners hear every change from now on, in order, after the view has it, and must not hold up the thread that tells them. */
    public RecordStore.Registration onLease(Consumer<Changed<Lease>> listener) {
        return leases.listen(listener);
    }

    /** As {@link #onLease}. */
    public RecordStore.Registration onExporter(Consumer<Changed<Exporter>> listener) {
        return exporters.listen(listener);
    }

    /** As {@link #onLease}. */
    public RecordStore.Registration onState(Consumer<Changed<ExporterState>> listener) {
        return states.listen(listener);
    }

    /** As {@link #onLease}. */
    public RecordStore.Registration onClient(Consumer<Changed<Client>> listener) {
        return clients.listen(listener);
    }

    /** As {@link #onLease}. */
    public RecordStore.Registration onPolicy(Consumer<Changed<Policy>> listener) {
        return policies.listen(listener);
    }

    @Override
    public void close() {
        watches.forEach(RecordStore.Registration::cancel);
    }

    private void compile(String namespace) {
        Collection<Policy> of = policies(namespace).values();
        policiesOf.put(namespace, Policies.of(of));
    }

    /** No namespace comes between a name and the same with a character zero behind it. */
    private static <T> NavigableMap<ObjectName, T> within(String namespace, NavigableMap<ObjectName, T> all) {
        return Collections.unmodifiableNavigableMap(
                all.subMap(new ObjectName(namespace, ""), true, new ObjectName(namespace + "\0", ""), false));
    }
}
