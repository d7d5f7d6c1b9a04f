package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import dev.rigbus.lab.identity.RouterTokens.Ticket;
import dev.rigbus.lab.model.ObjectName;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One of the two peers of a stream: first it waits, then it is joined. All on the event loop of its call. */
final class Side implements CallListener {
    final Ticket ticket;
    final ServerCall call;
    private final Rendezvous rendezvous;
    private @Nullable Future<?> patience;
    private @Nullable Pair pair;
    private @Nullable Lane out;
    private @Nullable Lane in;

    Side(Ticket ticket, ServerCall call, Rendezvous rendezvous) {
        this.ticket = ticket;
        this.call = call;
        this.rendezvous = rendezvous;
    }

    boolean isOf(ObjectName lease, long fence) {
        Purpose purpose = ticket.purpose();
        return purpose != null && purpose.lease().equals(lease) && purpose.fence() == fence;
    }

    /** What its peer sends stays in the window until there is somebody to take it. */
    void waiting(Future<?> patience) {
        this.patience = patience;
    }

    void join(Pair pair, Lane out, Lane in) {
        stopWaiting();
        this.pair = pair;
        this.out = out;
        this.in = in;
        if (call.isOpen()) {
            call.widenWindow(rendezvous.limits().windowBytes());
            call.resume();
        } else {
            leave();
        }
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    @Override
    public void message(ByteBuf piece) {
        if (out == null) {
            piece.release();
        } else {
            out.pass(piece);
        }
    }

    @Override
    public void halfClosed() {
        if (out != null) {
            out.end(Status.OK);
        }
    }

    @Override
    public void writable() {
        if (in != null) {
            in.writable();
        }
    }

    @Override
    public void closed() {
        stopWaiting();
        leave();
    }

    private void leave() {
        if (pair == null || out == null) {
            rendezvous.left(this);
        } else {
            out.end(pair.cause());
            pair.sideClosed();
        }
    }
}
