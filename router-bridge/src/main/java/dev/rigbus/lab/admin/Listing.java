package dev.rigbus.lab.admin;

import dev.rigbus.kernel.ports.StoredRecord;
import dev.rigbus.lab.identity.Admin;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.lab.model.Records;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.ListRequest;
import dev.rigbus.wire.lab.ListResponse;
import dev.rigbus.wire.lab.NodeObject;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what there is. */
final class Listing {
    /** As many as fit into a message with room to spare. */
    private static final int MOST = 1000;

    private final Lab lab;

    Listing(Lab lab) {
        this.lab = lab;
    }

    LabObject get(Kind kind, ObjectName name) {
        return switch (kind) {
            case KIND_CLIENT -> Messages.of(client(name));
            case KIND_EXPORTER -> Messages.of(exporter(name), lab.view().seen(name));
            case KIND_POLICY -> Messages.of(policy(name));
            case KIND_LEASE -> Messages.of(lease(name));
            case KIND_ADMIN -> Messages.of(admin(name.name()));
            case KIND_NODE ->
                LabObject.newBuilder().setNode(node(node(name.name()))).build();
            default -> throw Refusals.invalid("what is to be looked at?");
        };
    }

    Client client(ObjectName name) {
        return present(Client.KIND, name, lab.view().client(name));
    }

    Exporter exporter(ObjectName name) {
        return present(Exporter.KIND, name, lab.view().exporter(name));
    }

    Policy policy(ObjectName name) {
        return present(Policy.KIND, name, lab.view().policy(name));
    }

    Lease lease(ObjectName name) {
        return present(Lease.KIND, name, lab.view().lease(name));
    }

    Admin admin(String name) {
        StoredRecord record = lab.records().get(Admin.KIND, name);
        return present(Admin.KIND, name, record == null ? null : read(record));
    }

    LabNodes.Fact node(String name) {
        return present(
                "node",
                name,
                lab.nodes().all().stream()
                        .filter(node -> node.name().equals(name))
                        .findFirst()
                        .orElse(null));
    }

    Future<Void> deleteAdmin(String name) {
        StoredRecord record = lab.records().get(Admin.KIND, name);
        return record == null
                ? Future.succeededFuture()
                : lab.records().write(Admin.KIND, name, record.version(), null).mapEmpty();
    }

    private static Admin read(StoredRecord record) {
        return Records.read(Admin.class, Objects.requireNonNull(record.value()));
    }

    private static <T> T present(String kind, Object name, @Nullable T found) {
        if (found == null) {
            throw Refusals.missing(kind, name);
        }
        return found;
    }

    ListResponse list(ListRequest wish) {
        Selector selector = Selector.parse(wish.getSelector());
        return switch (wish.getKind()) {
            case KIND_CLIENT ->
                page(wish, lab.view().clients(), Client::name, c -> selector.matches(c.labels()), Messages::of);
            case KIND_EXPORTER ->
                page(
                        wish,
                        lab.view().exporters(),
                        Exporter::name,
                        e -> selector.matches(e.labels()),
                        e -> Messages.of(e, lab.view().seen(e.name())));
            case KIND_POLICY -> page(wish, lab.view().policies(), Policy::name, p -> true, Messages::of);
            case KIND_LEASE ->
                page(
                        wish,
                        lab.view().leases(),
                        Lease::name,
                        l -> (wish.getAll() || !l.hasEnded())
                                && selector.matches(l.wish().tags()),
                        Messages::of);
            case KIND_ADMIN ->
                all(lab.records().all(Admin.KIND).stream()
                        .map(Listing::read)
                        .sorted(Comparator.comparing(Admin::name))
                        .map(Messages::of));
            case KIND_NODE ->
                all(nodes().stream()
                        .map(node -> LabObject.newBuilder().setNode(node).build()));
            default -> throw Refusals.invalid("what is to be listed?");
        };
    }

    private static ListResponse all(Stream<LabObject> objects) {
        return ListResponse.newBuilder().addAllObjects(objects::iterator).build();
    }

    /** The token of a page is the name that the one before ended with: what comes and goes in between moves nothing. */
    private <T> ListResponse page(
            ListRequest wish,
            Collection<T> all,
            Function<T, ObjectName> name,
            java.util.function.Predicate<T> wanted,
            Function<T, LabObject> message) {
        int most = wish.getPageSize() > 0 ? Math.min(wish.getPageSize(), MOST) : MOST;
        @Nullable ObjectName after = wish.getPageToken().isEmpty() ? null : after(wish.getPageToken());
        List<T> found = all.stream()
                .filter(each -> wish.getNamespace().isEmpty()
                        || name.apply(each).namespace().equals(wish.getNamespace()))
                .filter(each -> after == null || name.apply(each).compareTo(after) > 0)
                .filter(wanted)
                .limit(most + 1L)
                .toList();
        ListResponse.Builder page = ListResponse.newBuilder();
        found.stream().limit(most).map(message).forEach(page::addObjects);
        if (found.size() > most) {
            page.setNextPageToken(name.apply(found.get(most - 1)).key());
        }
        return page.build();
    }

    private static ObjectName after(String token) {
        if (token.indexOf('/') < 0) {
            throw Refusals.invalid("page_token \"" + token + "\" is none that this lab gave");
        }
        return ObjectName.ofKey(token);
    }

    List<NodeObject> nodes() {
        return lab.nodes().all().stream().map(this::node).toList();
    }

    private NodeObject node(LabNodes.Fact node) {
        Map<Boolean, Long> theirs = lab.view().exporters().stream()
                .collect(java.util.stream.Collectors.partitioningBy(
                        exporter -> node.name().equals(exporter.node()), java.util.stream.Collectors.counting()));
        return Messages.of(node, lab.cluster().self(), Objects.requireNonNull(theirs.get(true)));
    }
}
