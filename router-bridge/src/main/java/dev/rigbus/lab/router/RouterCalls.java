package dev.rigbus.lab.router;

import dev.rigbus.grpc.CallHandler;
import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.GrpcClient;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.StatusException;
import dev.rigbus.lab.identity.RouterTokens.Purpose;
import dev.rigbus.lab.identity.RouterTokens.Ticket;
import dev.rigbus.lab.model.ObjectName;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import java.util.Map;
import java.util.function.Function;

/** {@code RouterService.Stream}: lets those in who have a token, and brings each to the one it wants to meet. */
public final class RouterCalls implements CallHandler {
    public static final String PATH = "/jumpstarter.v1.RouterService/Stream";

    private final Function<ServerCall, Ticket> tickets;
    private final OtherNodes others;
    private final RouterLimits limits;
    private final RouterMeter meter;
    private final UsedTickets used = new UsedTickets();
    private final Rendezvous rendezvous;

    private final LocalTunnels tunnels;

    /** A router that only joins peers. */
    public RouterCalls(
            Function<ServerCall, Ticket> tickets, RouterLimits limits, RouterMeter meter, EventExecutorGroup loops) {
        this(tickets, purpose -> null, (purpose, loop) -> null, limits, meter, loops);
    }

    /**
     * @param tickets reads and checks a call's ticket, or fails with the status that refuses it
     * @param exporters to which streams lead that need no peer
     * @param others to which streams lead that came to the wrong node
     * @param loops on which the calls run
     */
    public RouterCalls(
            Function<ServerCall, Ticket> tickets,
            LocalExporters exporters,
            OtherNodes others,
            RouterLimits limits,
            RouterMeter meter,
            EventExecutorGroup loops) {
        this.tickets = tickets;
        this.others = others;
        this.limits = limits;
        this.meter = meter;
        this.rendezvous = new Rendezvous(limits, meter, used, loops);
        this.tunnels = new LocalTunnels(exporters, meter);
    }

    /** How many peers wait for others. */
    public int waiting() {
        return rendezvous.waiting();
    }

    /** How many streams are open, between peers or to exporters of this node. */
    public int pairs() {
        return rendezvous.pairs() + tunnels.size();
    }

    /** Ends all that a lease has opened, at once: it is over, or another client's. Safe to use from any thread. */
    public void cut(ObjectName lease, long fence) {
        tunnels.cut(lease, fence);
        rendezvous.cut(lease, fence);
    }

    @Override
    public CallListener start(ServerCall call) {
        Ticket ticket = admit(call);
        CallListener local = tunnels.start(ticket.purpose(), call);
        if (local != null) {
            used.use(ticket);
            return local;
        }
        Purpose purpose = ticket.purpose();
        Future<GrpcClient> way = purpose == null ? null : others.connect(purpose, call.eventLoop());
        call.receivePieces();
        call.pause();
        // Stock sends its headers with the first frame; early ones tell a peer that it has been let in.
        call.sendHeaders(Map.of());
        if (purpose != null && way != null) {
            return new Detour(call, purpose.node(), way, meter, limits.lastWords());
        }
        Side side = new Side(ticket, call, rendezvous);
        // Once the call has its listener.
        call.eventLoop().execute(() -> rendezvous.arriveIfOpen(side));
        return side;
    }

    private Ticket admit(ServerCall call) {
        try {
            Ticket ticket = tickets.apply(call);
            if (!used.isFresh(ticket)) {
                throw new StatusException(Code.UNAUTHENTICATED, "invalid jwt token");
            }
            return ticket;
        } catch (StatusException e) {
            meter.refused();
            throw e;
        }
    }

    /** Takes no part in pairs any more that are open still. */
    public void close() {
        rendezvous.close();
    }
}
