package dev.rigbus.lab.authority;

import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A board whose exporter connects from outside. It hears of its leases on its Status stream and of clients on its Listen stream.
 *
 * <p>The exporter ignores a new lease as long as it was not told that the one before is over, so between two leases it is always told so,
 * whatever streams broke and whichever nodes were lost in between.
 */
final class StockBoard implements Board {
    private static final Logger log = LoggerFactory.getLogger(StockBoard.class);

    /** An exporter says that it is ready a moment before it listens. */
    private static final Duration LISTEN_WAIT = Duration.ofSeconds(8);

    /** As long as a client keeps trying to get in with an invitation. */
    private static final Duration INVITATION_LIFE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final ObjectName exporter;
    private final Inviter inviter;
    private final ListenDesk desk;
    private final Function<@Nullable String, Future<?>> told;
    private final List<StatusStream> streams = new ArrayList<>();
    private final List<Promise<ListenDesk.Ticket>> waiting = new ArrayList<>();
    private final Map<Invitation, Long> invited = new LinkedHashMap<>();
    private @Nullable BoardLease target;
    private @Nullable String said;
    private @Nullable String saidClient;
    private ListenDesk.@Nullable Ticket listener;
    private @Nullable String listenedLease;

    /**
     * @param said the lease that the exporter was last told of
     * @param told remembers that, for the next authority
     */
    StockBoard(
            Vertx vertx,
            ObjectName exporter,
            @Nullable String said,
            Inviter inviter,
            ListenDesk desk,
            Function<@Nullable String, Future<?>> told) {
        this.vertx = vertx;
        this.exporter = exporter;
        this.said = said;
        this.inviter = inviter;
        this.desk = desk;
        this.told = told;
    }

    /** A stream that the exporter opened; it hears the present state at once. */
    void attach(StatusStream stream) {
        streams.add(stream);
        BoardLease now = target;
        if (now == null) {
            stream.free();
            forget();
            return;
        }
        if (said != null && !said.equals(now.name())) {
            stream.free();
            forget();
        }
        // The same lease is told again: it may be a new process, or one that lost the stream.
        told.apply(now.name()).onSuccess(kept -> {
            if (now.equals(target)) {
                said = now.name();
                saidClient = now.client();
                stream.leased(now.name(), now.client());
            }
        });
    }

    void detach(StatusStream stream) {
        streams.remove(stream);
    }

    boolean isAttached() {
        return !streams.isEmpty();
    }

    @Override
    public void lease(BoardLease lease) {
        target = lease;
        say();
    }

    @Override
    public void free() {
        target = null;
        invited.clear();
        fail("the lease is over");
        dismiss();
        if (said != null && !streams.isEmpty()) {
            streams.forEach(StatusStream::free);
            forget();
        }
    }

    private void forget() {
        said = null;
        saidClient = null;
        told.apply(null).onFailure(this::notKept);
    }

    /** It is said once too often then, which does no harm. */
    private void notKept(Throwable cause) {
        log.atWarn()
                .addKeyValue("exporter", exporter)
                .log("what it was told could not be kept: {}", cause.getMessage());
    }

    private void say() {
        BoardLease now = target;
        if (now == null || streams.isEmpty()) {
            return;
        }
        if (said != null && !said.equals(now.name())) {
            streams.forEach(StatusStream::free);
            forget();
        }
        if (now.name().equals(said) && now.client().equals(saidClient)) {
            return;
        }
        // Remembered first: who does not know that it was said would not take it back before the next.
        told.apply(now.name()).onSuccess(kept -> {
            if (now.equals(target) && !(now.name().equals(said) && now.client().equals(saidClient))) {
                said = now.name();
                saidClient = now.client();
                streams.forEach(stream -> stream.leased(now.name(), now.client()));
            }
        });
    }

    /** The exporter listens for clients of this lease; the newest one counts. */
    void listening(String lease, ListenDesk.Ticket ticket) {
        boolean current = target != null && target.name().equals(listenedLease) && listener != null;
        if (current && !lease.equals(listenedLease)) {
            return; // a call for a lease that is over, told of late
        }
        if (!ticket.equals(listener)) {
            dismiss();
        }
        listener = ticket;
        listenedLease = lease;
        forgetOldInvitations();
        // What went to a stream that was dead already has not been seen by anybody; what was seen is refused by the
        // router.
        List.copyOf(invited.keySet()).forEach(invitation -> desk.deliver(ticket, invitation));
        List<Promise<ListenDesk.Ticket>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(promise -> promise.tryComplete(ticket));
    }

    private void forgetOldInvitations() {
        long now = System.nanoTime();
        invited.values().removeIf(since -> now - since > INVITATION_LIFE.toNanos());
    }

    private void dismiss() {
        if (listener != null) {
            desk.dismiss(listener);
            listener = null;
        }
    }

    @Override
    public Future<Invitation> dial(BoardLease lease) {
        Invitation invitation = inviter.invite(exporter, lease.name(), lease.fence(), false);
        return delivered(lease.name(), invitation, System.nanoTime() + LISTEN_WAIT.toNanos())
                .map(delivered -> {
                    forgetOldInvitations();
                    invited.put(invitation, System.nanoTime());
                    return invitation;
                });
    }

    /** Tries again with the stream that takes the place of one that died, however many die. */
    private Future<Void> delivered(String lease, Invitation invitation, long deadline) {
        return listener(lease)
                .compose(ticket -> desk.deliver(ticket, invitation).recover(gone -> {
                    if (Objects.equals(ticket, listener)) {
                        listener = null;
                    }
                    return System.nanoTime() - deadline < 0
                            ? delivered(lease, invitation, deadline)
                            : Future.failedFuture(gone);
                }));
    }

    private Future<ListenDesk.Ticket> listener(String lease) {
        if (listener != null && lease.equals(listenedLease)) {
            return Future.succeededFuture(listener);
        }
        Promise<ListenDesk.Ticket> promise = Promise.promise();
        waiting.add(promise);
        vertx.timer(LISTEN_WAIT.toMillis(), TimeUnit.MILLISECONDS).onSuccess(late -> {
            if (waiting.remove(promise)) {
                promise.tryFail(new StatusException(Code.UNAVAILABLE, "exporter is not listening on lease " + lease));
            }
        });
        return promise.future();
    }

    private void fail(String reason) {
        List<Promise<ListenDesk.Ticket>> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(promise -> promise.tryFail(new StatusException(Code.UNKNOWN, reason)));
    }

    @Override
    public void close() {
        fail("the lease is looked after by another node now, try again");
        List.copyOf(streams).forEach(stream -> stream.end(null));
        streams.clear();
    }
}
