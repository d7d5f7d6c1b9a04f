package dev.rigbus.lab.service;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.authority.Leasing;
import dev.rigbus.lab.lease.Conditions;
import dev.rigbus.lab.lease.LeaseIds;
import dev.rigbus.lab.lease.LeaseUpdate;
import dev.rigbus.lab.lease.Names;
import dev.rigbus.lab.lease.Outcome;
import dev.rigbus.lab.lease.Requirement;
import dev.rigbus.lab.lease.Selector;
import dev.rigbus.lab.lease.Tags;
import dev.rigbus.lab.lease.Times;
import dev.rigbus.lab.lease.Wishes;
import dev.rigbus.lab.model.Client;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.lab.view.LabWriter;
import dev.rigbus.wire.LabelSelector;
import dev.rigbus.wire.client.CreateLeaseRequest;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients do with leases. Refusals are in the wire's words. */
final class LeaseDesk {
    private static final Logger log = LoggerFactory.getLogger(LeaseDesk.class);

    private final LabView view;
    private final LabWriter writer;
    private final Leasing leasing;
    private final Placement placement;
    private final LabSettings settings;
    private final Consumer<ObjectName> polls;
    private final LeaseIds ids = new LeaseIds(new SecureRandom());

    /** @param polls hears of each lease that somebody asks after */
    LeaseDesk(
            LabView view,
            LabWriter writer,
            Leasing leasing,
            Placement placement,
            LabSettings settings,
            Consumer<ObjectName> polls) {
        this.view = view;
        this.writer = writer;
        this.leasing = leasing;
        this.placement = placement;
        this.settings = settings;
        this.polls = polls;
    }

    Instant now() {
        return leasing.now();
    }

    void polled(ObjectName lease) {
        polls.accept(lease);
    }

    /** What is looked at before it is asked who calls. */
    void check(CreateLeaseRequest request) {
        if (!request.hasLease()) {
            throw LabErrors.invalid("lease is required");
        }
        dev.rigbus.wire.client.Lease lease = request.getLease();
        Wishes.checkTarget(lease.getSelector(), lease.getExporterName());
        Tags.check(lease.getTagsMap(), settings.maxTags());
        Tags.checkContext(lease.getContextMap());
    }

    Future<Lease> create(Client client, CreateLeaseRequest request) {
        dev.rigbus.wire.client.Lease asked = request.getLease();
        Lease.Wish wish = Wishes.of(
                asked.getSelector(),
                asked.getExporterName(),
                asked.getTagsMap(),
                asked.getContextMap(),
                asked.getAllowDisabled());
        Lease.Time time = Times.create(duration(asked), begin(asked), end(asked));
        if (!request.getLeaseId().isEmpty()) {
            Names.check("lease", request.getLeaseId());
        }
        return create(client, request.getLeaseId(), wish, time);
    }

    private static @Nullable Duration duration(dev.rigbus.wire.client.Lease asked) {
        return asked.hasDuration() ? LeaseMessages.duration(asked.getDuration()) : null;
    }

    private static @Nullable Instant begin(dev.rigbus.wire.client.Lease asked) {
        return asked.hasBeginTime() ? LeaseMessages.instant(asked.getBeginTime()) : null;
    }

    private static @Nullable Instant end(dev.rigbus.wire.client.Lease asked) {
        return asked.hasEndTime() ? LeaseMessages.instant(asked.getEndTime()) : null;
    }

    /** As clients before ClientService ask for one. */
    Future<Lease> request(Client client, LabelSelector selector, Duration duration) {
        List<Requirement> expressions = selector.getMatchExpressionsList().stream()
                .map(LeaseMessages::requirement)
                .toList();
        Lease.Wish wish = Wishes.of(Selector.of(selector.getMatchLabelsMap(), expressions));
        return create(client, "", wish, Times.create(duration, null, null));
    }

    private Future<Lease> create(Client client, String id, Lease.Wish wish, Lease.Time time) {
        Instant now = now();
        ObjectName name = new ObjectName(
                client.name().namespace(), id.isEmpty() ? ids.next(now).toString() : id);
        String uid = UUID.randomUUID().toString();
        Lease wanted = new Lease(name, uid, client.name().name(), wish, time, null, null, List.of(), now);
        Outcome outcome = placement.outcome(wanted);
        return writer.leases()
                .create(placement.judged(wanted, outcome))
                .onSuccess(this::made)
                .compose(created -> offered(name, outcome)
                        // What became of the offer is for the next who asks; the lease is there.
                        .transform(offered ->
                                Future.succeededFuture(Objects.requireNonNullElse(view.lease(name), created))));
    }

    /** A board that nobody seemed to have may be busy all the same, which shows now. */
    private Future<?> offered(ObjectName name, Outcome outcome) {
        return placement.offer(name, outcome).compose(taken -> taken ? Future.succeededFuture() : placement.tell(name));
    }

    private void made(Lease lease) {
        if (lease.hasEnded()) {
            leasing.history().hopeless(lease);
        }
    }

    Future<Lease> update(Client client, ObjectName name, dev.rigbus.wire.client.Lease asked) {
        ObjectName to = asked.getClient().isEmpty() ? null : Names.object(asked.getClient(), Names.CLIENTS);
        LeaseUpdate update = new LeaseUpdate(duration(asked), begin(asked), end(asked), to);
        LeaseUpdate.Result[] result = new LeaseUpdate.Result[1];
        return writer.leases()
                .update(name, lease -> {
                    result[0] = update.apply(lease, client.name(), view);
                    Lease changed = result[0].lease();
                    return Times.isOver(changed, now()) ? Conditions.expired(changed, now()) : changed;
                })
                .onSuccess(changed -> tell(client, changed, result[0]));
    }

    /** A duration is the whole and adds nothing, so a lease may end sooner than its client thinks; and a board changes hands. */
    private static void tell(Client client, Lease lease, LeaseUpdate.Result result) {
        if (result.shortened()) {
            log.atInfo()
                    .addKeyValue("lease", lease.name())
                    .addKeyValue("client", client.name())
                    .log("shortened: now for {} in all", Times.requested(lease.time()));
        }
        if (result.transferred()) {
            log.atInfo()
                    .addKeyValue("lease", lease.name())
                    .addKeyValue("client", client.name())
                    .log("handed over to {}", lease.client());
        }
    }

    private static void owned(Lease lease, Client client, String refusal) {
        if (!lease.client().equals(client.name().name())) {
            throw LabErrors.unknown(refusal);
        }
    }

    Future<Lease> delete(Client client, ObjectName name) {
        return writer.leases().update(name, lease -> {
            owned(lease, client, "DeleteLease permission denied");
            Lease.Ending ending = lease.ending();
            if (ending == null) {
                return Conditions.released(lease, null, now());
            }
            if (ending.reason().equals(Conditions.RELEASED)) {
                throw new StatusException(
                        Code.FAILED_PRECONDITION,
                        "lease \"" + name.path(Names.LEASES) + "\" has already been released");
            }
            // It is over already; that it was given back as well is remembered, so that the second time is told.
            return lease.withEnding(new Lease.Ending(Conditions.RELEASED, ending.at()));
        });
    }

    Future<Lease> release(Client client, String name, String refusal) {
        return writer.leases().update(new ObjectName(client.name().namespace(), name), lease -> {
            owned(lease, client, refusal);
            return Conditions.released(lease, null, now());
        });
    }

    /** For the exporter that has it. */
    Future<@Nullable Lease> giveBack(ObjectName name) {
        return leasing.givenBack(name, "the exporter gave it back");
    }
}
