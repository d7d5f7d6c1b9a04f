package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Makes one of two streams on one event loop: what comes from either goes to the other, as fast as that takes it. */
public final class Splice implements RawStream.Receiver {
    private final RawStream from;
    private final RawStream to;
    private @Nullable Splice other;
    private boolean ended;

    private Splice(RawStream from, RawStream to) {
        this.from = from;
        this.to = to;
    }

    /** Joins them; on their event loop. Each may end alone, and is closed when the other is lost or both have ended. */
    public static void join(RawStream one, RawStream two) {
        Splice there = new Splice(one, two);
        Splice back = new Splice(two, one);
        there.other = back;
        back.other = there;
        two.start(back);
        one.start(there);
    }

    @Override
    public void data(ByteBuf chunk) {
        to.write(chunk);
        if (!to.isWritable()) {
            to.flush();
            if (!to.isWritable()) {
                from.pause();
            }
        }
    }

    @Override
    public void readComplete() {
        to.flush();
    }

    @Override
    public void writable() {
        to.resume();
    }

    @Override
    public void ended() {
        ended = true;
        to.end();
        if (other != null && other.ended) {
            from.close();
            to.close();
        }
    }

    @Override
    public void failed(Throwable cause) {
        from.close();
        to.close();
    }
}
