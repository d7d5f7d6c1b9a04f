package dev.rigbus.lab.admin;

import dev.rigbus.lab.identity.Admin;
import dev.rigbus.lab.identity.TokenIssuer;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.Policies;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Policy;
import dev.rigbus.wire.lab.Kind;
import dev.rigbus.wire.lab.LabObject;
import dev.rigbus.wire.lab.UpdateRequest;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Changes what there is, and takes it away. */
final class Changes {
    private static final String WHY = "released by an administrator";

    private final Lab lab;
    private final Listing listing;

    Changes(Lab lab, Listing listing) {
        this.lab = lab;
        this.listing = listing;
    }

    Future<LabObject> update(Kind kind, ObjectName name, UpdateRequest wish) {
        Refusals.checkLabels(wish.getLabelsMap());
        return switch (kind) {
            case KIND_CLIENT -> {
                listing.client(name);
                yield lab.writer()
                        .clients()
                        .update(name, old -> changed(old, wish))
                        .map(Messages::of);
            }
            case KIND_EXPORTER -> {
                listing.exporter(name);
                yield lab.writer()
                        .exporters()
                        .update(name, old -> changed(old, wish))
                        .map(now -> Messages.of(now, lab.view().seen(name)));
            }
            case KIND_POLICY -> {
                listing.policy(name);
                yield lab.writer()
                        .policies()
                        .update(name, old -> changed(old, wish))
                        .map(Messages::of);
            }
            default -> throw Refusals.invalid("only clients, exporters and policies can be changed");
        };
    }

    private static Client changed(Client old, UpdateRequest wish) {
        return new Client(
                old.name(),
                old.uid(),
                labels(old.labels(), wish),
                username(old.username(), wish),
                old.tokenId(),
                old.created());
    }

    private static Exporter changed(Exporter old, UpdateRequest wish) {
        String reason = wish.hasMaintenance() ? wish.getMaintenance() : old.maintenance();
        return new Exporter(
                old.name(),
                old.uid(),
                labels(old.labels(), wish),
                username(old.username(), wish),
                old.tokenId(),
                wish.hasEnabled() ? wish.getEnabled() : old.enabled(),
                reason == null || reason.isBlank() ? null : reason,
                old.devices(),
                old.node(),
                old.created());
    }

    private static Policy changed(Policy old, UpdateRequest wish) {
        if (!wish.hasPolicy()) {
            throw Refusals.invalid("a policy has nothing to change but its rules");
        }
        Policy policy = new Policy(
                old.name(), wish.getPolicy().getExporters(), Messages.rules(wish.getPolicy()), old.created());
        Policies.check(policy);
        return policy;
    }

    private static Map<String, String> labels(Map<String, String> old, UpdateRequest wish) {
        Map<String, String> labels = new HashMap<>(old);
        wish.getRemoveLabelsList().forEach(labels::remove);
        labels.putAll(wish.getLabelsMap());
        return Map.copyOf(labels);
    }

    private static @Nullable String username(@Nullable String old, UpdateRequest wish) {
        return !wish.hasUsername() ? old : wish.getUsername().isEmpty() ? null : wish.getUsername();
    }

    Future<Void> delete(Kind kind, ObjectName name) {
        return switch (kind) {
            case KIND_CLIENT -> {
                listing.client(name);
                Predicate<Lease> theirs = lease -> lease.client().equals(name.name());
                // Released again once it is gone: until then it could ask for more.
                yield release(name.namespace(), theirs)
                        .compose(v -> lab.writer().clients().delete(name))
                        .compose(v -> release(name.namespace(), theirs));
            }
            case KIND_EXPORTER -> {
                refuseIfConfigured(listing.exporter(name));
                yield lab.boards()
                        .forget(name)
                        .compose(v -> lab.writer().exporters().delete(name))
                        .compose(v -> release(
                                name.namespace(),
                                lease -> lease.grant() != null
                                        && lease.grant().exporter().equals(name.name())));
            }
            case KIND_POLICY -> {
                listing.policy(name);
                yield lab.writer().policies().delete(name);
            }
            case KIND_LEASE -> {
                if (listing.lease(name).hasEnded()) {
                    throw Refusals.impossible("lease " + name + " has already been released");
                }
                yield release(name);
            }
            case KIND_ADMIN -> {
                Admin admin = listing.admin(name.name());
                yield lab.tokens().revoke(admin).compose(v -> listing.deleteAdmin(name.name()));
            }
            case KIND_NODE -> lab.nodes().revoke(listing.node(name.name()).name());
            default -> throw Refusals.invalid("what is to be deleted?");
        };
    }

    private void refuseIfConfigured(Exporter exporter) {
        String node = exporter.node();
        boolean applied = lab.boards().isApplied(exporter.name());
        if (node != null && !applied && lab.cluster().members().contains(node)) {
            throw Refusals.impossible("exporter " + exporter.name() + " stands in the configuration of node " + node
                    + "; take it out there, and then delete it");
        }
    }

    private Future<Void> release(String namespace, Predicate<Lease> which) {
        List<Future<Void>> all = lab.view().activeLeases(namespace).values().stream()
                .filter(which)
                .map(lease -> release(lease.name()))
                .toList();
        return Future.join(all).mapEmpty();
    }

    private Future<Void> release(ObjectName lease) {
        return lab.writer()
                .leases()
                .update(lease, now -> now.hasEnded() ? now : Conditions.released(now, WHY, lab.now()))
                .mapEmpty();
    }

    /** Gives a new token in the place of the old one. */
    Future<TokenIssuer.Issued> rotate(Kind kind, ObjectName name) {
        return switch (kind) {
            case KIND_CLIENT -> lab.tokens().rotate(listing.client(name));
            case KIND_EXPORTER -> lab.tokens().rotate(listing.exporter(name));
            case KIND_ADMIN -> lab.tokens().rotate(listing.admin(name.name()));
            default -> throw Refusals.invalid("only clients, exporters and administrators have tokens");
        };
    }

    Future<Void> revoke(Kind kind, ObjectName name) {
        return switch (kind) {
            case KIND_CLIENT -> lab.tokens().revoke(listing.client(name));
            case KIND_EXPORTER -> lab.tokens().revoke(listing.exporter(name));
            case KIND_ADMIN -> lab.tokens().revoke(listing.admin(name.name()));
            case KIND_NODE -> lab.nodes().revoke(listing.node(name.name()).name());
            default -> throw Refusals.invalid("only clients, exporters, administrators and nodes can be revoked");
        };
    }
}
