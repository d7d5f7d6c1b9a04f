package dev.rigbus.client;

import dev.rigbus.grpc.Code;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks for the status of a session again and again, as often as stock clients do. Belongs to the client's event loop. */
final class StatusMonitor implements AutoCloseable {
    private static final long WAITING_MILLIS = 100;
    private static final long USUAL_MILLIS = 300;
    private static final long IDLE_MILLIS = 5_000;

    /** So many questions in a row may stay without an answer. */
    private static final int MOST_LOST = 20;

    private final AsyncExporter exporter;
    private final EventLoop loop;
    private final boolean waiting;
    private @Nullable SessionStatus last;
    private int lost;
    private volatile boolean closed;

    /** @param waiting whether somebody waits for a status to come */
    StatusMonitor(AsyncExporter exporter, EventLoop loop, boolean waiting) {
        this.exporter = exporter;
        this.loop = loop;
        this.waiting = waiting;
    }

    void start(Consumer<SessionStatus> listener, Consumer<Throwable> failed) {
        exporter.status().onSuccess(status -> heard(status, listener, failed)).onFailure(cause -> {
            Code code = cause instanceof CallException e ? e.code() : Code.UNKNOWN;
            if (closed) {
                return;
            }
            if (code == Code.UNIMPLEMENTED) {
                listener.accept(new SessionStatus(SessionStatus.State.LEASE_READY, "", 0));
            } else if (code == Code.DEADLINE_EXCEEDED && ++lost < MOST_LOST) {
                again(WAITING_MILLIS, listener, failed);
            } else {
                failed.accept(cause);
            }
        });
    }

    private void heard(SessionStatus status, Consumer<SessionStatus> listener, Consumer<Throwable> failed) {
        if (closed) {
            return;
        }
        lost = 0;
        boolean changed = !status.equals(last);
        boolean idle = !changed && status.state() == SessionStatus.State.LEASE_READY;
        last = status;
        if (changed) {
            listener.accept(status);
        }
        again(waiting ? WAITING_MILLIS : idle ? IDLE_MILLIS : USUAL_MILLIS, listener, failed);
    }

    private void again(long millis, Consumer<SessionStatus> listener, Consumer<Throwable> failed) {
        if (closed) {
            return;
        }
        try {
            loop.schedule(() -> closed ? null : restart(listener, failed), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            failed.accept(e);
        }
    }

    private @Nullable Void restart(Consumer<SessionStatus> listener, Consumer<Throwable> failed) {
        start(listener, failed);
        return null;
    }

    @Override
    public void close() {
        closed = true;
    }
}
