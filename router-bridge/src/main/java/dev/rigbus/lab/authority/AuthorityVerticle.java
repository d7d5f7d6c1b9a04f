package dev.rigbus.lab.authority;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.Status;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.lab.authority.Board.BoardLease;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.lab.model.Records;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vertx.serviceproxy.ServiceBinder;
import io.vertx.serviceproxy.ServiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts the authority of one exporter on the bus, and gives it the time. */
final class AuthorityVerticle extends VerticleBase implements AuthorityService, Authority.World {
    /** A client gives up after 30 s; the answer should come before that. */
    private static final Duration READY_WAIT = Duration.ofMillis(27_500);

    private final ExporterState taken;
    private final Instant grantsFrom;
    private final Duration tick;
    private final Lab lab;
    private final Runnable leave;
    private final BoardFactory boards;
    private final List<Promise<Void>> waiters = new ArrayList<>();
    private @Nullable Authority authority;
    private @Nullable Board board;
    private @Nullable Context home;
    private @Nullable MessageConsumer<JsonObject> consumer;
    private long expiry = -1;
    private boolean online;
    private @Nullable BoardLease user;

    /** Makes the board that an authority speaks for. */
    interface BoardFactory {
        Board make(Vertx vertx, AuthorityVerticle authority);
    }

    /**
     * @param taken the state that this node takes over, written as its own
     * @param grantsFrom before this moment only the lease that lasts is looked after
     * @param tick how often it looks whether the time has brought something
     * @param leave undeploys this verticle
     */
    AuthorityVerticle(
            ExporterState taken, Instant grantsFrom, Duration tick, Lab lab, BoardFactory boards, Runnable leave) {
        this.taken = taken;
        this.online = taken.online();
        this.grantsFrom = grantsFrom;
        this.tick = tick;
        this.lab = lab;
        this.boards = boards;
        this.leave = leave;
    }

    @Override
    public void init(Vertx vertx, Context context) {
        super.init(vertx, context);
        home = context;
    }

    @Override
    public Future<?> start() {
        Board made = boards.make(vertx, this);
        board = made;
        Authority rules = new Authority(taken, this, made);
        authority = rules;
        vertx.setPeriodic(tick.toMillis(), timer -> {
            if (board instanceof StockBoard stock) {
                if (stock.isAttached()) {
                    rules.heard();
                    rules.attends();
                }
            } else {
                rules.stillHere();
            }
            rules.tick();
            // What was not to be granted a while ago may be now; and a change may have been missed.
            rules.look();
        });
        MessageConsumer<JsonObject> registered = new ServiceBinder(vertx)
                .setAddress(AuthorityService.address(taken.name().key()))
                .register(AuthorityService.class, this);
        consumer = registered;
        return registered.completion().compose(v -> rules.start()).onSuccess(v -> schedule());
    }

    /** What to undeploy it by. */
    String deployment() {
        return context.deploymentID();
    }

    private Authority rules() {
        if (authority == null) {
            throw new IllegalStateException("not started");
        }
        return authority;
    }

    /** Runs a task where the state belongs; safe from any thread. */
    void here(Runnable task) {
        if (home != null) {
            home.runOnContext(v -> task.run());
        }
    }

    /**
     * A Status call of the exporter that arrived at this node; safe from any thread. It hears of its lease once that is taken up: an exporter
     * that is told that it has none ends the session which its client is in.
     */
    void attach(StatusStream stream) {
        here(() -> {
            heard();
            if (board instanceof StockBoard stock) {
                rules().settled().onComplete(done -> stock.attach(stream));
            }
        });
    }

    /** That call is over; safe from any thread. */
    void detach(StatusStream stream) {
        here(() -> {
            if (board instanceof StockBoard stock) {
                rules().settled().onComplete(done -> stock.detach(stream));
            }
        });
    }

    /** The exporter gave a sign of life. */
    void heard() {
        rules().heard();
    }

    /** Remembers what the exporter was told. */
    Future<?> told(@Nullable String lease) {
        return rules().told(lease);
    }

    /** A lease that is or was this exporter's has changed; safe from any thread. */
    void leaseChanged(Lease lease) {
        here(() -> rules().leaseChanged(lease).onComplete(done -> schedule()));
    }

    /**
     * Another node says that it is the authority; safe from any thread. The later epoch wins. Two that have begun the same one at the same
     * time go by their names, and the winner begins another.
     */
    void rivalled(ExporterState other) {
        here(() -> {
            ExporterState mine = rules().state();
            boolean wins = mine.epoch() == other.epoch() && mine.node().compareTo(other.node()) < 0;
            if (other.epoch() > mine.epoch() || mine.epoch() == other.epoch() && !wins) {
                rules().close().onComplete(closed -> leave.run());
            } else if (wins) {
                rules().insist();
            }
        });
    }

    /** Something changed that may let it take a lease; safe from any thread. */
    void look() {
        here(() -> rules().look());
    }

    @Override
    public Future<Boolean> offer(String lease) {
        return rules().offer(named(lease));
    }

    @Override
    public Future<Void> reported(String status, String message, boolean release) {
        ExporterState state = rules().state();
        // It can only mean the lease that it was told of; the next one is somebody else's.
        long released = release && state.lease() != null && state.lease().equals(state.told()) ? state.fence() : 0;
        return reported(ExporterStatus.valueOf(status), message, released);
    }

    /** @param released the fence of the lease that the exporter gives back; 0 for none */
    Future<Void> reported(ExporterStatus said, String message, long released) {
        String held = rules().state().lease();
        if (released != 0 && held != null && released == rules().state().fence()) {
            rules().release(held);
        }
        if (isFailure(said) && rules().state().status() != said) {
            lab.history().hookFailed(rules().state(), message);
        }
        return rules().reported(said, message).map(kept -> {
            List<Promise<Void>> all = List.copyOf(waiters);
            waiters.clear();
            all.forEach(Promise::tryComplete);
            return null;
        });
    }

    private static boolean isFailure(ExporterStatus status) {
        return status == ExporterStatus.EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED
                || status == ExporterStatus.EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED;
    }

    @Override
    public Future<Void> started() {
        // One that registers anew while it listens is the process that it was.
        if (!(board instanceof StockBoard stock && stock.isAttached())) {
            rules().started();
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<Boolean> release(String lease) {
        return Future.succeededFuture(rules().release(lease));
    }

    @Override
    public Future<Void> listening(String lease, String node, String id) {
        if (board instanceof StockBoard stock) {
            stock.listening(lease, new ListenDesk.Ticket(node, id));
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<JsonObject> dial(String lease) {
        Instant until = lab.now().plus(READY_WAIT);
        rules().used(lease);
        return rules().settled()
                .compose(v -> ready(lease, until))
                .compose(held -> board == null
                        ? Future.<Invitation>failedFuture("no board")
                        : board.dial(held).onSuccess(way -> comes(held)))
                .map(Invitation::toJson)
                .recover(failure -> Future.failedFuture(refusal(failure)));
    }

    /** One of many times that the client of a lease comes is told: the first. */
    private void comes(BoardLease lease) {
        if (!lease.equals(user)) {
            user = lease;
            lab.history().dialled(named(lease.name()), lease.client(), taken.name());
        }
    }

    /** The one exception that service proxies carry with its code; what stock clients do next hangs on the code. */
    private static ServiceException refusal(Throwable failure) {
        Status status = Failures.status(failure);
        return new ServiceException(status.code().number(), status.text());
    }

    private Future<BoardLease> ready(String lease, Instant until) {
        ExporterState state = rules().state();
        String client = state.client();
        if (!lease.equals(state.lease()) || client == null) {
            return Future.failedFuture(new StatusException(Code.UNKNOWN, "lease not active"));
        }
        // One of a node that has just come back may not be up; a stock one that says nothing of itself is let be.
        boolean silent = state.status() == ExporterStatus.EXPORTER_STATUS_UNSPECIFIED && board instanceof StockBoard;
        if (!state.online() && !silent) {
            return refused("exporter is offline");
        }
        return switch (state.status()) {
            case EXPORTER_STATUS_OFFLINE -> refused("exporter is offline");
            case EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED -> refused("exporter beforeLease hook failed");
            case EXPORTER_STATUS_AFTER_LEASE_HOOK_FAILED -> refused("exporter afterLease hook failed");
            case EXPORTER_STATUS_AVAILABLE ->
                lab.now().isBefore(until)
                        ? nextStatus(until).compose(v -> ready(lease, until))
                        : refused("exporter is not ready (status: Available)");
            default -> Future.succeededFuture(new BoardLease(lease, client, state.fence()));
        };
    }

    private static <T> Future<T> refused(String text) {
        return Future.failedFuture(new StatusException(Code.FAILED_PRECONDITION, text));
    }

    private Future<Void> nextStatus(Instant until) {
        Promise<Void> next = Promise.promise();
        waiters.add(next);
        long left = Math.max(1, Duration.between(lab.now(), until).toMillis());
        vertx.timer(left, TimeUnit.MILLISECONDS).onSuccess(late -> {
            waiters.remove(next);
            next.tryComplete();
        });
        return next.future();
    }

    @Override
    public Future<JsonObject> yield() {
        return rules().close().map(last -> {
            here(leave);
            return new JsonObject(Records.write(last));
        });
    }

    /** Sets the timer for the end of the lease that is held now. */
    private void schedule() {
        if (expiry >= 0) {
            vertx.cancelTimer(expiry);
            expiry = -1;
        }
        String held = rules().state().lease();
        Lease lease = held == null ? null : lab.lease(named(held));
        if (lease == null || !lease.isHeld()) {
            return;
        }
        long left = Duration.between(lab.now(), lab.endOf(lease)).toMillis();
        if (left <= 0) {
            lab.expire(lease.name());
        } else {
            // The clock of the lab may be corrected in between, so look again before the time is up.
            expiry = vertx.setTimer(Math.min(left, Duration.ofMinutes(1).toMillis()) + 1, late -> {
                expiry = -1;
                schedule();
            });
        }
    }

    private ObjectName named(String lease) {
        return new ObjectName(taken.name().namespace(), lease);
    }

    @Override
    public Future<?> keep(ExporterState state) {
        if (state.online() != online) {
            online = state.online();
            lab.history().presence(state);
        }
        return lab.keep(state);
    }

    @Override
    public Future<@Nullable Lease> grant(ObjectName lease, long fence) {
        return lab.grant(lease, taken.name(), fence).onSuccess(granted -> here(this::schedule));
    }

    @Override
    public void release(ObjectName lease, String why) {
        lab.release(lease, why);
    }

    @Override
    public void giveBack(ObjectName lease, String why) {
        lab.giveBack(lease, why);
    }

    @Override
    public void quarantine(String why) {
        lab.quarantine(taken.name(), why);
    }

    @Override
    public void works() {
        lab.works(taken.name());
    }

    @Override
    public @Nullable ObjectName next() {
        return lab.next(taken.name());
    }

    @Override
    public @Nullable Lease lease(ObjectName name) {
        return lab.lease(name);
    }

    @Override
    public boolean mayGrant() {
        return !lab.now().isBefore(grantsFrom) && lab.mayGrant(taken.name());
    }

    @Override
    public @Nullable Instant unusedAt(Lease lease, Instant watched) {
        return lab.unusedAt(lease, watched);
    }

    @Override
    public Instant now() {
        return lab.now();
    }

    @Override
    public Future<?> stop() {
        return consumer == null ? Future.succeededFuture() : consumer.unregister();
    }
}
