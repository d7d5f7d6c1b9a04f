package dev.rigbus.lab.router;

import dev.rigbus.grpc.ServerCall;
import dev.rigbus.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a pair. Pieces are written to the other side as they are, without a look inside. Between two event loops they change
 * hands in batches, and so many bytes at most that a side which takes no more stops the one that sends.
 */
final class Lane implements Runnable {
    private static final int MOST_UNDER_WAY = 256 * 1024;

    private final Pair pair;
    private final ServerCall from;
    private final ServerCall to;
    private final boolean together;

    private final Queue<ByteBuf> pieces;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile @Nullable Status end;
    private int taken;
    private boolean over;

    Lane(Pair pair, ServerCall from, ServerCall to) {
        this.pair = pair;
        this.from = from;
        this.to = to;
        this.together = from.eventLoop() == to.eventLoop();
        this.pieces = together ? new java.util.ArrayDeque<>(0) : PlatformDependent.newSpscQueue();
    }

    /** One piece; on the loop of the side that sends. */
    void pass(ByteBuf piece) {
        int bytes = piece.readableBytes();
        pair.passed(bytes);
        if (together) {
            to.writeFrame(piece);
            if (!to.isWritable()) {
                from.pause();
            }
            return;
        }
        pieces.add(piece);
        if (underWay.addAndGet(bytes) >= MOST_UNDER_WAY) {
            from.pause();
        }
        wake();
    }

    /** Nothing follows: OK if the side has said so itself. The first end counts, but for one that comes to an end in good order. */
    void end(Status status) {
        if (end == null || !status.isOk()) {
            end = status;
            if (together) {
                run();
            } else {
                wake();
            }
        }
    }

    private void wake() {
        // On the way out of the process there may be nobody left to take it.
        if (scheduled.compareAndSet(false, true) && !to.eventLoop().isShuttingDown()) {
            to.eventLoop().execute(this);
        }
    }

    /** Works off what has been handed over; on the loop of the side that receives. */
    @Override
    public void run() {
        scheduled.set(false);
        // First the end, then the pieces: what comes before an end must not be missed.
        Status last = end;
        for (ByteBuf piece = pieces.poll(); piece != null; piece = pieces.poll()) {
            taken += piece.readableBytes();
            to.writeFrame(piece);
        }
        writable();
        if (last != null) {
            finish(last);
        }
    }

    private void finish(Status last) {
        if (!last.isOk()) {
            to.finish(last, pair.lastWords());
        } else if (!over) {
            over = true;
            pair.laneOver();
        }
    }

    /** The side that receives takes more, perhaps; on its loop. */
    void writable() {
        if (!to.isWritable()) {
            return;
        }
        if (together) {
            from.resume();
            return;
        }
        int bytes = taken;
        taken = 0;
        int before = underWay.getAndAdd(-bytes);
        if (before >= MOST_UNDER_WAY && before - bytes < MOST_UNDER_WAY) {
            from.eventLoop().execute(from::resume);
        }
    }
}
