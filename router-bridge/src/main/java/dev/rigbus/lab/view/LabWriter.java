package dev.rigbus.lab.view;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.lab.model.Records;
import io.vertx.core.Future;
import java.util.function.BiConsumer;

/** Changes what the lab knows. What many nodes may change has a {@link Writer}; the state of an exporter is its authority's alone. */
public final class LabWriter {
    private final RecordStore store;
    private final BiConsumer<String, ObjectName> written;
    private final Writer<Client> clients;
    private final Writer<Exporter> exporters;
    private final Writer<Policy> policies;
    private final Writer<Lease> leases;

    public LabWriter(RecordStore store) {
        this(store, (kind, name) -> {});
    }

    /** @param view has what was written before the writer is told that it is */
    public LabWriter(RecordStore store, LabView view) {
        this(store, view::refresh);
    }

    private LabWriter(RecordStore store, BiConsumer<String, ObjectName> written) {
        this.store = store;
        this.written = written;
        clients = new Writer<>(store, Client.KIND, "clients", Client.class, Client::name, written);
        exporters = new Writer<>(store, Exporter.KIND, "exporters", Exporter.class, Exporter::name, written);
        policies = new Writer<>(store, Policy.KIND, "exporteraccesspolicies", Policy.class, Policy::name, written);
        leases = new Writer<>(store, Lease.KIND, "leases", Lease.class, Lease::name, written);
    }

    /** For the authority of the exporter: what it said before is of the past, whatever that was. */
    public Future<?> keep(ExporterState state) {
        return store.own(ExporterState.KIND, state.name().key(), state.epoch(), Records.write(state))
                .onSuccess(done -> written.accept(ExporterState.KIND, state.name()));
    }

    public Writer<Client> clients() {
        return clients;
    }

    public Writer<Exporter> exporters() {
        return exporters;
    }

    public Writer<Policy> policies() {
        return policies;
    }

    public Writer<Lease> leases() {
        return leases;
    }
}
