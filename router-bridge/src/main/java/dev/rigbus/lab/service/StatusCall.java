package dev.rigbus.lab.service;

import dev.rigbus.grpc.CallListener;
import dev.rigbus.grpc.Code;
import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import dev.rigbus.kernel.call.Failures;
import dev.rigbus.lab.authority.Authorities;
import dev.rigbus.lab.authority.StatusStream;
import dev.rigbus.lab.model.ObjectName;
import dev.rigbus.wire.StatusResponse;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One Status call. It says nothing twice, except that nobody has the exporter, if that comes between two leases. */
final class StatusCall implements CallListener, StatusStream {
    private final ServerCall call;
    private @Nullable Runnable detach;
    private @Nullable StatusResponse last;
    private boolean over;

    StatusCall(ServerCall call) {
        this.call = call;
        call.sendHeaders(Map.of());
    }

    /** Makes it the stream of this exporter; on the call's event loop. */
    Future<Void> open(ObjectName exporter, Authorities authorities) {
        if (over) {
            return Future.succeededFuture();
        }
        detach = () -> authorities.detach(exporter, this);
        return authorities.attach(exporter, this);
    }

    void refuse(Throwable cause) {
        call.eventLoop().execute(() -> call.finish(Failures.status(cause)));
    }

    @Override
    public void leased(String lease, String client) {
        send(StatusResponse.newBuilder()
                .setLeased(true)
                .setLeaseName(lease)
                .setClientName(client)
                .build());
    }

    @Override
    public void free() {
        send(StatusResponse.newBuilder().setLeased(false).build());
    }

    private void send(StatusResponse response) {
        call.eventLoop().execute(() -> {
            if (!response.equals(last)) {
                last = response;
                call.write(response);
            }
        });
    }

    @Override
    public void end(@Nullable String reason) {
        call.eventLoop().execute(() -> call.finish(reason == null ? Status.OK : new Status(Code.UNKNOWN, reason)));
    }

    @Override
    public void message(ByteBuf message) {
        message.release();
    }

    @Override
    public void closed() {
        over = true;
        if (detach != null) {
            detach.run();
        }
    }
}
