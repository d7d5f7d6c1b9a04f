package dev.rigbus.drivers.serial;

import dev.rigbus.driver.ByteStream;
import dev.rigbus.driver.ForwardingStream;
import dev.rigbus.drivers.serial.PortClient.Opened;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import org.jspecify.annotations.Nullable;

/** A stream to a port that knows when the port is released, and that the driver can end. */
final class PortStream extends ForwardingStream {
    private final Opened opened;
    private Runnable onClose = () -> {};
    private @Nullable Future<Void> closed;
    private @Nullable Handler<Void> endHandler;

    PortStream(Opened opened) {
        super(opened.stream());
        this.opened = opened;
    }

    Opened opened() {
        return opened;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    /** Ends the stream as if the port had ended; complete when the port is released. */
    Future<Void> finish() {
        Handler<Void> toTell = closed == null ? endHandler : null;
        Future<Void> released = close();
        if (toTell != null) {
            toTell.handle(null);
        }
        return released;
    }

    /** Complete when the port is released. */
    @Override
    public Future<Void> close() {
        if (closed == null) {
            onClose.run();
            closed = stream().close().eventually(opened.release());
        }
        return closed;
    }

    @Override
    public ByteStream endHandler(@Nullable Handler<Void> handler) {
        endHandler = handler;
        return super.endHandler(handler);
    }
}
