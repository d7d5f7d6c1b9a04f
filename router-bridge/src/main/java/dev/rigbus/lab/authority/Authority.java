package dev.rigbus.lab.authority;

import dev.rigbus.lab.authority.Board.BoardLease;
import dev.rigbus.lab.model.ExporterState;
import dev.rigbus.lab.model.Lease;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.ExporterStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a lease of this exporter begins and ends. It grants one lease at a time, each under a fence that is greater than all
 * before and on the disk before anybody hears of it. Without threads and timers; belongs to one context. Each step waits for the one before.
 */
final class Authority {
    /** An exporter that was silent for so long counts as gone. */
    static final Duration SILENCE = Duration.ofSeconds(60);

    /** Who has no lease, knows it, and says for so long that it is busy with one: its word that it is available was lost. */
    static final Duration WORD_LOST = Duration.ofSeconds(20);

    /** The same while its hook runs, which may take long. */
    private static final Duration HOOK_LOST = Duration.ofMinutes(10);

    private static final String LOST = "Connection lost - last seen more than 1 minute ago";
    private static final String WORD_LOST_TEXT = "Available, as nothing was heard of it since its lease ended";
    /** How stock and own exporters end the text of their farewell after a hook that failed with {@code exit}. */
    private static final String HOOK_FAREWELL = "hook failure";

    /** What an authority needs of the lab. */
    interface World {
        /** Puts the state on this node's disk, then tells the lab. */
        Future<?> keep(ExporterState state);

        /**
         * Writes the grant into the lease, if it still waits.
         *
         * @return the lease as granted; absent if it has a board, has ended or is gone
         */
        Future<@Nullable Lease> grant(ObjectName lease, long fence);

        /** Ends a lease, however long it takes to write that down. */
        void release(ObjectName lease, String why);

        /** The same, as this exporter gives it back. */
        void giveBack(ObjectName lease, String why);

        /** Keeps the exporter from being leased until an administrator has seen to it. */
        void quarantine(String why);

        /** A lease could begin: if the exporter was in quarantine, that is over. */
        void works();

        /** The waiting lease that this exporter should take, absent if there is none. */
        @Nullable
        ObjectName next();

        /** The lease as it is known here. */
        @Nullable
        Lease lease(ObjectName name);

        /** Whether leases may be granted here at all: the board is offered, the node stays, and a stock board's node can speak for the lab. */
        boolean mayGrant();

        /** When a lease ends whose board nobody has come to use since this time; absent for never. */
        @Nullable
        Instant unusedAt(Lease lease, Instant watched);

        Instant now();
    }

    private final World world;
    private final Board board;
    private final FailureCount failures = new FailureCount();
    private ExporterState state;
    private Instant seen;
    private Future<?> steps = Future.succeededFuture();
    private boolean closed;
    /** Only of a lease that was granted here: of one that was taken over nobody knows whether it was used. */
    private @Nullable Instant unusedSince;
    /** Since when the exporter has neither a lease nor said that it could take one. */
    private @Nullable Instant mootSince;

    /** @param state as this node, its authority from now on, took it over */
    Authority(ExporterState state, World world, Board board) {
        this.state = state;
        this.world = world;
        this.board = board;
        this.seen = world.now();
    }

    ExporterState state() {
        return state;
    }

    /**
     * Takes up what the state says: a lease that lasts goes on, one that ended meanwhile is cleared away. Complete when the state is on the
     * disk; what follows may have to wait for a lab that finds together again, and nobody who starts a node should.
     */
    Future<Void> start() {
        Future<Void> kept = step(() -> keep(UnaryOperator.identity()));
        kept.onSuccess(v -> step(this::takeUp));
        return kept;
    }

    private Future<Void> takeUp() {
        String held = state.lease();
        if (held == null) {
            board.free();
            return takeNext();
        }
        Lease lease = world.lease(name(held));
        return lease != null && isMine(lease) ? hold(lease) : letGo();
    }

    /** A lease that waits for this exporter among others; true if it has it now. */
    Future<Boolean> offer(ObjectName lease) {
        return answer(() -> {
            if (!canTake()) {
                return Future.succeededFuture(false);
            }
            // Whoever has waited longer goes first.
            ObjectName best = world.next();
            return take(best == null ? lease : best).map(granted -> granted && (best == null || best.equals(lease)));
        });
    }

    /** Complete when all that was begun before is done: between the record of a grant and the hand-over the lease is not to be seen yet. */
    Future<Void> settled() {
        return step(Future::succeededFuture);
    }

    /** Looks for a lease if there is none: something changed that may allow one. */
    Future<Void> look() {
        return step(this::takeNext);
    }

    private boolean canTake() {
        return !closed && state.lease() == null && state.isReady() && world.mayGrant();
    }

    private Future<Void> takeNext() {
        if (!canTake()) {
            return Future.succeededFuture();
        }
        ObjectName next = world.next();
        // If another board was quicker there may be one more lease to look at.
        return next == null
                ? Future.succeededFuture()
                : take(next).compose(granted -> granted ? Future.succeededFuture() : takeNext());
    }

    private Future<Boolean> take(ObjectName lease) {
        long fence = state.fence() + 1;
        return keep(s -> with(s, lease.name(), null, fence))
                .compose(kept -> world.grant(lease, fence))
                .compose(granted ->
                        granted == null ? keep(s -> with(s, null, null, fence)).map(false) : granted(granted))
                .recover(failure -> {
                    // Whether the grant counts is not known. If it does, the lease will be seen with this fence and is
                    // taken up then.
                    return keep(s -> with(s, null, null, fence)).map(false);
                });
    }

    private Future<Boolean> granted(Lease lease) {
        unusedSince = world.now();
        return hold(lease).map(true);
    }

    /** Somebody came in to use the board. */
    void used(String lease) {
        if (lease.equals(state.lease())) {
            unusedSince = null;
        }
    }

    private Future<Void> hold(Lease lease) {
        return keep(s -> with(s, lease.name().name(), lease.client(), s.fence()))
                .onSuccess(kept -> {
                    if (!closed) {
                        board.lease(new BoardLease(lease.name().name(), lease.client(), state.fence()));
                    }
                });
    }

    /** A lease of this exporter changed: it ended, or went over to somebody else. */
    Future<Void> leaseChanged(Lease lease) {
        return step(() -> {
            boolean held = lease.name().name().equals(state.lease());
            if (!held) {
                return adopt(lease);
            }
            if (!isMine(lease)) {
                return letGo();
            }
            return lease.client().equals(state.client()) ? Future.succeededFuture() : hold(lease);
        });
    }

    /** A grant of which it was not known whether it counts, and now it shows that it does. */
    private Future<Void> adopt(Lease lease) {
        if (closed || !lease.isHeld()) {
            return Future.succeededFuture();
        }
        if (isOfThisFence(lease) && state.lease() == null) {
            return hold(lease);
        }
        world.release(lease.name(), "its exporter has gone to somebody else");
        return Future.succeededFuture();
    }

    private boolean isMine(Lease lease) {
        return lease.isHeld() && isOfThisFence(lease);
    }

    private boolean isOfThisFence(Lease lease) {
        Lease.Grant grant = lease.grant();
        return grant != null && grant.exporter().equals(state.name().name()) && grant.fence() == state.fence();
    }

    private Future<Void> letGo() {
        return keep(s -> with(s, null, null, s.fence())).compose(kept -> {
            board.free();
            return takeNext();
        });
    }

    /** The exporter's process came up. */
    void started() {
        quarantine(failures.started(world.now()));
    }

    private void quarantine(@Nullable String why) {
        if (why != null) {
            world.quarantine(why);
        }
    }

    private void count(ExporterStatus status, String message) {
        switch (status) {
            case EXPORTER_STATUS_LEASE_READY -> {
                failures.worked();
                world.works();
            }
            case EXPORTER_STATUS_OFFLINE -> failures.saidGoodbye();
            case EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED -> {
                if (state.status() != status) {
                    quarantine(failures.hookFailed(message));
                }
            }
            default -> {}
        }
    }

    /** The exporter says what it is doing. */
    Future<Void> reported(ExporterStatus status, String message) {
        seen = world.now();
        mootSince = null;
        count(status, message);
        return step(() -> {
            boolean offline = status == ExporterStatus.EXPORTER_STATUS_OFFLINE;
            Future<Void> kept = keep(s -> with(s, status, message, !offline && isTold(status)));
            String held = state.lease();
            if (offline && held != null && message.endsWith(HOOK_FAREWELL)) {
                world.giveBack(name(held), message);
            }
            return kept.compose(k -> takeNext());
        });
    }

    private static boolean isTold(ExporterStatus status) {
        return status != ExporterStatus.EXPORTER_STATUS_UNSPECIFIED;
    }

    /** The exporter is there, whatever it does. */
    Future<Void> heard() {
        seen = world.now();
        boolean cleared = state.status() == ExporterStatus.EXPORTER_STATUS_OFFLINE;
        if (state.online() && !cleared) {
            return Future.succeededFuture();
        }
        return step(() -> keep(s -> cleared
                        ? with(s, ExporterStatus.EXPORTER_STATUS_UNSPECIFIED, "", true)
                        : with(s, s.status(), s.message(), true))
                .compose(kept -> takeNext()));
    }

    /**
     * The exporter is there and has heard all that it was told. If it was told that nobody has it, and still says what only one that has a
     * lease says, then its last word was lost, and it would wait for a lease for ever.
     */
    Future<Void> attends() {
        Duration patience = patience();
        if (patience == null) {
            mootSince = null;
            return Future.succeededFuture();
        }
        Instant now = world.now();
        Instant since = mootSince == null ? now : mootSince;
        mootSince = since;
        if (Duration.between(since, now).compareTo(patience) < 0) {
            return Future.succeededFuture();
        }
        return step(() -> patience() == null
                        ? Future.succeededFuture()
                        : keep(s -> with(s, ExporterStatus.EXPORTER_STATUS_AVAILABLE, WORD_LOST_TEXT, true)))
                .compose(v -> look());
    }

    private @Nullable Duration patience() {
        if (state.lease() != null || state.told() != null || !state.online()) {
            return null;
        }
        return switch (state.status()) {
            case EXPORTER_STATUS_LEASE_READY,
                    EXPORTER_STATUS_BEFORE_LEASE_HOOK,
                    EXPORTER_STATUS_BEFORE_LEASE_HOOK_FAILED -> WORD_LOST;
            case EXPORTER_STATUS_AFTER_LEASE_HOOK -> HOOK_LOST;
            default -> null;
        };
    }

    /** Nothing is known but that it has not gone away. */
    void stillHere() {
        seen = world.now();
    }

    /** Time passes. */
    Future<Void> tick() {
        endUnused();
        boolean silent = Duration.between(seen, world.now()).compareTo(SILENCE) > 0;
        return silent && state.online()
                ? step(() -> keep(s -> with(s, ExporterStatus.EXPORTER_STATUS_OFFLINE, LOST, false)))
                : Future.succeededFuture();
    }

    private void endUnused() {
        String held = state.lease();
        Instant since = unusedSince;
        Lease lease = held == null ? null : world.lease(name(held));
        Instant end = lease == null || since == null ? null : world.unusedAt(lease, since);
        if (lease != null && end != null && !world.now().isBefore(end)) {
            unusedSince = null;
            world.release(lease.name(), "nobody has used the exporter");
        }
    }

    /** The exporter gives its lease back; false if it is not the one that it has. */
    boolean release(String lease) {
        if (!lease.equals(state.lease())) {
            return false;
        }
        world.giveBack(name(lease), "the exporter gave it back");
        return true;
    }

    /** The board was told of this lease, or that there is none. */
    Future<Void> told(@Nullable String lease) {
        return step(() -> Objects.equals(lease, state.told())
                ? Future.succeededFuture()
                : keep(s -> new ExporterState(
                        s.name(),
                        s.node(),
                        s.epoch(),
                        s.status(),
                        s.message(),
                        s.lastSeen(),
                        s.online(),
                        s.lease(),
                        s.client(),
                        lease,
                        s.fence())));
    }

    /** Begins another epoch, as another node has begun the present one as well. */
    Future<Void> insist() {
        return step(() -> keep(s -> new ExporterState(
                s.name(),
                s.node(),
                s.epoch() + 1,
                s.status(),
                s.message(),
                s.lastSeen(),
                s.online(),
                s.lease(),
                s.client(),
                s.told(),
                s.fence())));
    }

    /** Another node becomes the authority: nothing is granted here from now on. Answers the state that it goes on from. */
    Future<ExporterState> close() {
        closed = true;
        return answer(() -> {
            board.close();
            return Future.succeededFuture(state);
        });
    }

    private ObjectName name(String lease) {
        return new ObjectName(state.name().namespace(), lease);
    }

    private Future<Void> keep(UnaryOperator<ExporterState> change) {
        state = change.apply(state);
        return world.keep(state).mapEmpty();
    }

    private static ExporterState with(ExporterState s, @Nullable String lease, @Nullable String client, long fence) {
        return new ExporterState(
                s.name(),
                s.node(),
                s.epoch(),
                s.status(),
                s.message(),
                s.lastSeen(),
                s.online(),
                lease,
                client,
                s.told(),
                fence);
    }

    private ExporterState with(ExporterState s, ExporterStatus status, String message, boolean online) {
        return new ExporterState(
                s.name(),
                s.node(),
                s.epoch(),
                status,
                message,
                seen,
                online,
                s.lease(),
                s.client(),
                s.told(),
                s.fence());
    }

    private Future<Void> step(Supplier<Future<Void>> task) {
        return answer(task);
    }

    private <T> Future<T> answer(Supplier<Future<T>> task) {
        Promise<T> done = Promise.promise();
        steps.onComplete(before -> attempt(task).onComplete(done));
        steps = done.future();
        return done.future();
    }

    private static <T> Future<T> attempt(Supplier<Future<T>> task) {
        try {
            return task.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
