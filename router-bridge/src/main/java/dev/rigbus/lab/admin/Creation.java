package dev.rigbus.lab.admin;

import dev.rigbus.kernel.ports.RecordStore;
import dev.rigbus.lab.identity.Admin;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.lease.Names;
import dev.rigbus.lab.lease.Policies;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.wire.lab.AdminObject;
import dev.rigbus.wire.lab.ClientObject;
import dev.rigbus.wire.lab.CreateResponse;
import dev.rigbus.wire.lab.Credentials;
import dev.rigbus.wire.lab.ExporterObject;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.PolicyObject;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes clients, exporters, policies and administrators. */
final class Creation {
    private final Lab lab;

    Creation(Lab lab) {
        this.lab = lab;
    }

    Future<CreateResponse> create(LabObject object) {
        return switch (object.getWhatCase()) {
            case CLIENT -> client(object.getClient());
            case EXPORTER -> exporter(object.getExporter());
            case POLICY -> policy(object.getPolicy());
            case ADMIN -> admin(object.getAdmin());
            case NODE -> throw Refusals.invalid("a node is not created but joins, with a token from CreateNode");
            case LEASE -> throw Refusals.invalid("leases are made by clients (jmp create lease)");
            case WHAT_NOT_SET -> throw Refusals.invalid("what is to be created?");
        };
    }

    private Future<CreateResponse> client(ClientObject wanted) {
        ObjectName name = name(Client.KIND, wanted.getNamespace(), wanted.getName());
        Refusals.checkLabels(wanted.getLabelsMap());
        if (lab.view().client(name) != null) {
            throw Refusals.exists(Client.KIND, name);
        }
        Client client = new Client(
                name,
                UUID.randomUUID().toString(),
                Map.copyOf(wanted.getLabelsMap()),
                orAbsent(wanted.getUsername()),
                lab.tokens().newTokenId(),
                lab.now());
        return lab.writer()
                .clients()
                .create(client)
                .map(made -> CreateResponse.newBuilder()
                        .setObject(Messages.of(made))
                        .setCredentials(credentials(lab.tokens().token(made), name))
                        .build());
    }

    private Future<CreateResponse> exporter(ExporterObject wanted) {
        ObjectName name = name(Exporter.KIND, wanted.getNamespace(), wanted.getName());
        Refusals.checkLabels(wanted.getLabelsMap());
        if (lab.view().exporter(name) != null) {
            throw Refusals.exists(Exporter.KIND, name);
        }
        Exporter exporter = new Exporter(
                name,
                UUID.randomUUID().toString(),
                Map.copyOf(wanted.getLabelsMap()),
                orAbsent(wanted.getUsername()),
                lab.tokens().newTokenId(),
                true,
                null,
                List.of(),
                null,
                lab.now());
        return lab.writer()
                .exporters()
                .create(exporter)
                .map(made -> CreateResponse.newBuilder()
                        .setObject(Messages.of(made, null))
                        .setCredentials(credentials(lab.tokens().token(made), name))
                        .build());
    }

    private Future<CreateResponse> policy(PolicyObject wanted) {
        ObjectName name = name(Policy.KIND, wanted.getNamespace(), wanted.getName());
        if (lab.view().policy(name) != null) {
            throw Refusals.exists(Policy.KIND, name);
        }
        Policy policy = new Policy(name, wanted.getExporters(), Messages.rules(wanted), lab.now());
        Policies.check(policy);
        return lab.writer()
                .policies()
                .create(policy)
                .map(made ->
                        CreateResponse.newBuilder().setObject(Messages.of(made)).build());
    }

    private Future<CreateResponse> admin(AdminObject wanted) {
        Names.check(Admin.KIND, wanted.getName());
        return lab.tokens()
                .createAdmin(wanted.getName())
                .recover(cause -> Future.failedFuture(
                        cause instanceof RecordStore.ConflictException
                                ? Refusals.exists(Admin.KIND, wanted.getName())
                                : cause))
                .map(issued -> CreateResponse.newBuilder()
                        .setObject(LabObject.newBuilder()
                                .setAdmin(AdminObject.newBuilder()
                                        .setName(wanted.getName())
                                        .setCreated(Messages.time(lab.now()))))
                        .setCredentials(credentials(issued, new ObjectName("", wanted.getName())))
                        .build());
    }

    /** What goes into a configuration file. */
    Credentials credentials(TokenIssuer.@Nullable Issued issued, ObjectName name) {
        return Credentials.newBuilder()
                .setToken(Objects.requireNonNull(issued).token())
                .setEndpoint(lab.site().endpoint())
                .setAuthority(lab.site().authority())
                .setNamespace(name.namespace())
                .setName(name.name())
                .build();
    }

    private ObjectName name(String kind, String namespace, String name) {
        String within = namespace.isEmpty() ? lab.site().namespace() : namespace;
        Names.check("namespace", within);
        Names.check(kind, name);
        return new ObjectName(within, name);
    }

    private static @Nullable String orAbsent(String text) {
        return text.isEmpty() ? null : text;
    }
}
