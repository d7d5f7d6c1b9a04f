package dev.rigbus.lab.service;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.Invitation;
import dev.rigbus.lab.authority.ListenDesk;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.ListenResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Listen call: invitations for an exporter, as clients of its lease come. */
final class ListenCall implements CallListener, ListenDesk.ListenStream {
    private final ServerCall call;
    private @Nullable Runnable remove;
    private boolean over;

    ListenCall(ServerCall call) {
        this.call = call;
        call.sendHeaders(Map.of());
    }

    /** Makes it the one that hears of clients of this lease; on the call's event loop. */
    Future<Void> open(ObjectName lease, ObjectName exporter, Authorities authorities, ListenDesk desk) {
        if (over) {
            return Future.succeededFuture();
        }
        ListenDesk.Ticket ticket = desk.add(exporter, lease.name(), this);
        remove = () -> desk.remove(ticket);
        return authorities.tell(exporter, authority -> authority.listening(lease.name(), ticket.node(), ticket.id()));
    }

    void refuse(Throwable cause) {
        call.eventLoop().execute(() -> call.finish(Failures.status(cause)));
    }

    @Override
    public Future<Boolean> invite(Invitation invitation) {
        Promise<Boolean> sent = Promise.promise();
        call.eventLoop().execute(() -> {
            boolean room = call.isWritable();
            if (room) {
                call.write(ListenResponse.newBuilder()
                        .setRouterEndpoint(invitation.endpoint())
                        .setRouterToken(invitation.token())
                        .build());
            }
            sent.complete(room);
        });
        return sent.future();
    }

    @Override
    public void end() {
        call.eventLoop().execute(() -> call.finish(Status.OK));
    }

    @Override
    public void message(ByteBuf message) {
        message.release();
    }

    @Override
    public void closed() {
        over = true;
        if (remove != null) {
            remove.run();
        }
    }
}
