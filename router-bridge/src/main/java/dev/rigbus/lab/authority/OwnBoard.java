package dev.rigbus.lab.authority;

import dev.rigbus.lab.model.ObjectName;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A board whose drivers run on this node. */
final class OwnBoard implements Board {
    private static final Logger log = LoggerFactory.getLogger(OwnBoard.class);

    private final ObjectName exporter;
    private final OwnExporter device;
    private final Inviter inviter;
    private @Nullable BoardLease now;

    OwnBoard(ObjectName exporter, OwnExporter device, Inviter inviter) {
        this.exporter = exporter;
        this.device = device;
        this.inviter = inviter;
    }

    @Override
    public void lease(BoardLease lease) {
        BoardLease before = now;
        now = lease;
        if (before != null && before.name().equals(lease.name()) && before.fence() == lease.fence()) {
            if (!before.client().equals(lease.client())) {
                device.transfer(lease.client()).onFailure(this::failed);
            }
            return;
        }
        device.begin(lease.name(), lease.client(), lease.fence()).onFailure(this::failed);
    }

    private void failed(Throwable cause) {
        log.atWarn().addKeyValue("exporter", exporter).log("a change of its lease failed: {}", cause.toString());
    }

    @Override
    public void free() {
        BoardLease before = now;
        now = null;
        if (before != null) {
            device.end("the lease is over").onFailure(this::failed);
        }
    }

    @Override
    public void close() {
        // Its node stops it, with all that it runs.
    }

    @Override
    public Future<Invitation> dial(BoardLease lease) {
        return Objects.equals(lease, now)
                ? Future.succeededFuture(inviter.invite(exporter, lease.name(), lease.fence(), true))
                : Future.failedFuture("the board is not leased to " + lease.name());
    }
}
