package dev.rigbus.lab.authority;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.ports.Cluster;
import dev.rigbus.lab.authority.AuthorityVerticle.BoardFactory;
import dev.rigbus.lab.model.Exporter;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.lab.view.Changed;
import dev.rigbus.lab.view.LabView;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The authorities that live on this node, and the way to those on others. Safe to use from any thread. */
public final class Authorities {
    private static final Logger log = LoggerFactory.getLogger(Authorities.class);
    /** For so many rounds an authority that should be there is looked for. */
    private static final int ROUNDS = 10;

    /**
     * For so many rounds somebody else may become the authority of an exporter whose own is lost: its Status call decides on the node, and
     * comes a moment before or after its other calls, which may arrive anywhere.
     */
    private static final int SUCCESSION = 30;

    private static final long ROUND_MILLIS = 100;

    /**
     * How long a node that takes a stock board over from one that cannot be asked grants no new lease: by then that one has noticed that it
     * is cut off.
     */
    private static final Duration TAKEOVER = Duration.ofSeconds(20);

    /**
     * How long who comes to a node that sees too little of the lab waits for that to change. Stock exporters give up after a few refusals
     * within seconds, which is less than members need to find each other again.
     */
    private static final Duration MAJORITY = Duration.ofSeconds(20);

    /** How often an authority looks whether the time has brought something. */
    private static final Duration TICK = Duration.ofSeconds(5);

    private static final long ANSWER_MILLIS = 5000;
    private static final long DIAL_MILLIS = 45_000;

    private final Vertx vertx;
    private final Cluster cluster;
    private final LabView view;
    private final Lab lab;
    private final Inviter inviter;
    private final ListenDesk desk;
    private final Duration tick;
    private final Duration majority;
    private final Map<ObjectName, OwnExporter> own = new ConcurrentHashMap<>();
    private final Map<ObjectName, Future<AuthorityVerticle>> here = new ConcurrentHashMap<>();

    public Authorities(Vertx vertx, Cluster cluster, LabView view, Leasing leasing, Inviter inviter, ListenDesk desk) {
        this(vertx, cluster, view, leasing, inviter, desk, TICK, MAJORITY);
    }

    Authorities(
            Vertx vertx,
            Cluster cluster,
            LabView view,
            Leasing leasing,
            Inviter inviter,
            ListenDesk desk,
            Duration tick,
            Duration majority) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.view = view;
        this.inviter = inviter;
        this.desk = desk;
        this.lab = leasing;
        this.tick = tick;
        this.majority = majority;
    }

    /** Takes up what this node was the authority of before it was restarted, and hears of changes from now on. */
    public Future<Void> start() {
        view.onLease(this::leaseChanged);
        view.onExporter(change -> look(change.name()));
        view.onState(this::stateChanged);
        Future<?> all = Future.succeededFuture();
        for (ExporterState state : view.states()) {
            boolean mine = state.node().equals(cluster.self());
            Exporter exporter = view.exporter(state.name());
            if (mine && exporter != null && exporter.node() == null) {
                all = Future.join(all, here(state.name()));
            }
        }
        return all.mapEmpty();
    }

    private void leaseChanged(Changed<Lease> change) {
        // One that was deleted ends like one that was released; what it was is all that is known of it.
        Lease lease = change.now() == null ? released(change.before()) : change.now();
        Lease.Grant grant = lease == null ? null : lease.grant();
        if (lease == null || grant == null) {
            return;
        }
        ObjectName exporter = new ObjectName(lease.name().namespace(), grant.exporter());
        Future<AuthorityVerticle> authority = here.get(exporter);
        if (authority != null) {
            if (change.before() != null && change.before().isHeld() && lease.hasEnded()) {
                lab.history().over(lease, exporter);
            }
            authority.onSuccess(verticle -> verticle.leaseChanged(lease));
        }
    }

    private @Nullable Lease released(@Nullable Lease lease) {
        return lease == null || lease.hasEnded() ? lease : lease.withEnding(new Lease.Ending("Released", lab.now()));
    }

    /** Another node took an exporter over while this one could not be asked: two must not speak for it. */
    private void stateChanged(Changed<ExporterState> change) {
        ExporterState now = change.now();
        ExporterState before = change.before();
        if (now != null && before != null && !now.node().equals(before.node())) {
            listenThere(change.name());
        }
        Future<AuthorityVerticle> authority = here.get(change.name());
        if (now != null && authority != null && !now.node().equals(cluster.self())) {
            authority.onSuccess(verticle -> verticle.rivalled(now));
        }
    }

    /** An exporter goes on to listen at the node that it came to; whoever looks after it now has to hear of that. */
    private void listenThere(ObjectName exporter) {
        desk.of(exporter)
                .forEach((ticket, lease) -> tell(
                                exporter, authority -> authority.listening(lease, ticket.node(), ticket.id()))
                        .onFailure(failure -> log.atWarn()
                                .addKeyValue("exporter", exporter)
                                .log("it listens here, which nobody hears of: {}", failure.getMessage())));
    }

    private void look(ObjectName exporter) {
        Future<AuthorityVerticle> authority = here.get(exporter);
        if (authority != null) {
            authority.onSuccess(AuthorityVerticle::look);
        }
    }

    /** An exporter whose drivers run here: this node is its authority for good. */
    public Future<Void> add(ObjectName exporter, OwnExporter device) {
        own.put(exporter, device);
        return here(exporter).map(authority -> {
            device.report(
                    (status, message, released) -> authority.here(() -> authority.reported(status, message, released)));
            return null;
        });
    }

    /** The authority of an exporter, wherever it is; to be asked what is answered soon. */
    public AuthorityService of(ObjectName exporter) {
        return AuthorityService.at(vertx, exporter.key(), ANSWER_MILLIS);
    }

    /** Asks the authority of an exporter for a way in; fails at once when its node is lost. */
    public Future<JsonObject> dial(ObjectName exporter, String lease) {
        return unlessLost(
                        exporter,
                        () -> AuthorityService.at(vertx, exporter.key(), DIAL_MILLIS)
                                .dial(lease))
                .recover(failure -> Future.failedFuture(
                        isGone(failure)
                                ? new StatusException(
                                        Code.UNAVAILABLE,
                                        "the node of exporter " + exporter.name() + " cannot be reached")
                                : failure));
    }

    /** Asks the authority of a stock exporter, and becomes it where there is none. */
    public <T> Future<T> tell(ObjectName exporter, Function<AuthorityService, Future<T>> request) {
        if (here.containsKey(exporter) || view.state(exporter) == null) {
            return here(exporter).compose(authority -> request.apply(of(exporter)));
        }
        return there(exporter, request, SUCCESSION)
                .recover(failure -> isGone(failure)
                        ? here(exporter).compose(authority -> request.apply(of(exporter)))
                        : Future.failedFuture(failure));
    }

    /** Asks an authority of another node, which may have become it so lately that this node's bus has not heard of it. */
    private <T> Future<T> there(ObjectName exporter, Function<AuthorityService, Future<T>> request, int rounds) {
        return unlessLost(exporter, () -> request.apply(of(exporter)))
                .recover(failure -> isGone(failure) && rounds > 0
                        ? vertx.timer(ROUND_MILLIS, TimeUnit.MILLISECONDS)
                                .compose(again -> there(exporter, request, rounds - 1))
                        : Future.failedFuture(failure));
    }

    /** The bus waits for the answer of a node that has just died; whoever asks need not. */
    private <T> Future<T> unlessLost(ObjectName exporter, Supplier<Future<T>> request) {
        ExporterState asked = view.state(exporter);
        if (asked == null || !cluster.members().contains(asked.node())) {
            return Future.failedFuture(new ReplyException(ReplyFailure.NO_HANDLERS, "its node is lost"));
        }
        Promise<T> answer = Promise.promise();
        long look = vertx.setPeriodic(ROUND_MILLIS, timer -> {
            if (!cluster.members().contains(asked.node())) {
                answer.tryFail(new ReplyException(ReplyFailure.NO_HANDLERS, "its node is lost"));
            }
        });
        request.get().onSuccess(answer::tryComplete).onFailure(answer::tryFail);
        return answer.future().onComplete(done -> vertx.cancelTimer(look));
    }

    private static boolean isGone(Throwable failure) {
        return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
    }

    /** A Status call of a stock exporter arrived here, which makes this node its authority. */
    public Future<Void> attach(ObjectName exporter, StatusStream stream) {
        return here(exporter).map(authority -> {
            authority.attach(stream);
            return null;
        });
    }

    /** That call is over. */
    public void detach(ObjectName exporter, StatusStream stream) {
        Future<AuthorityVerticle> authority = here.get(exporter);
        if (authority != null) {
            authority.onSuccess(verticle -> verticle.detach(stream));
        }
    }

    /** Makes this node the authority, unless it is. */
    private Future<AuthorityVerticle> here(ObjectName exporter) {
        Future<AuthorityVerticle> made = here.computeIfAbsent(exporter, this::take);
        made.onFailure(failure -> here.remove(exporter, made));
        return made;
    }

    private Future<AuthorityVerticle> take(ObjectName exporter) {
        return take(exporter, majority);
    }

    private Future<AuthorityVerticle> take(ObjectName exporter, Duration patience) {
        ExporterState known = view.state(exporter);
        if (known == null || known.node().equals(cluster.self())) {
            return deploy(exporter, known, lab.now());
        }
        if (cluster.members().contains(known.node())) {
            return there(exporter, AuthorityService::yield, ROUNDS)
                    .map(json -> Records.read(ExporterState.class, json.encode()))
                    .compose(last -> deploy(exporter, last, lab.now()))
                    .recover(failure ->
                            isGone(failure) ? orphaned(exporter, known, patience) : Future.failedFuture(failure));
        }
        return lost(exporter, known, patience);
    }

    /** Its node knows nothing of the exporter, since it was restarted, say; or it was lost while it was asked. */
    private Future<AuthorityVerticle> orphaned(ObjectName exporter, ExporterState known, Duration patience) {
        return cluster.members().contains(known.node())
                ? deploy(exporter, known, lab.now())
                : lost(exporter, known, patience);
    }

    private Future<AuthorityVerticle> lost(ObjectName exporter, ExporterState known, Duration patience) {
        if (!own.containsKey(exporter) && !cluster.hasMajority()) {
            if (!patience.isNegative()) {
                return vertx.timer(ROUND_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(again -> take(exporter, patience.minusMillis(ROUND_MILLIS)));
            }
            return Future.failedFuture(new StatusException(
                    Code.UNAVAILABLE,
                    "node " + cluster.self() + " cannot reach enough of the lab to look after " + exporter.name()));
        }
        return deploy(exporter, known, lab.now().plus(own.containsKey(exporter) ? Duration.ZERO : TAKEOVER));
    }

    private Future<AuthorityVerticle> deploy(ObjectName exporter, @Nullable ExporterState last, Instant grantsFrom) {
        ExporterState state = takenOver(exporter, last);
        AuthorityVerticle[] made = new AuthorityVerticle[1];
        BoardFactory boards = (on, authority) -> {
            OwnExporter device = own.get(exporter);
            return device == null
                    ? new StockBoard(on, exporter, state.told(), inviter, desk, authority::told)
                    : new OwnBoard(exporter, device, inviter);
        };
        AuthorityVerticle verticle =
                new AuthorityVerticle(state, grantsFrom, tick, lab, boards, () -> leave(exporter, made[0]));
        made[0] = verticle;
        log.atInfo().addKeyValue("exporter", exporter).log("looked after by node {} from now on", cluster.self());
        return vertx.deployVerticle(verticle).map(verticle);
    }

    private Future<?> leave(ObjectName exporter, AuthorityVerticle verticle) {
        here.remove(exporter);
        return vertx.undeploy(verticle.deployment());
    }

    private ExporterState takenOver(ObjectName exporter, @Nullable ExporterState last) {
        long granted = view.leases(exporter.namespace()).values().stream()
                .map(Lease::grant)
                .filter(grant -> grant != null && grant.exporter().equals(exporter.name()))
                .mapToLong(Lease.Grant::fence)
                .max()
                .orElse(0);
        if (last == null) {
            return new ExporterState(
                    exporter,
                    cluster.self(),
                    1,
                    ExporterStatus.EXPORTER_STATUS_UNSPECIFIED,
                    "",
                    null,
                    false,
                    null,
                    null,
                    null,
                    granted);
        }
        boolean moved = !last.node().equals(cluster.self());
        boolean isOwn = own.containsKey(exporter);
        return new ExporterState(
                exporter,
                cluster.self(),
                moved ? last.epoch() + 1 : last.epoch(),
                isOwn ? ExporterStatus.EXPORTER_STATUS_UNSPECIFIED : last.status(),
                last.message(),
                last.lastSeen(),
                last.online() && !isOwn,
                last.lease(),
                last.client(),
                last.told(),
                Math.max(last.fence(), granted));
    }
}
