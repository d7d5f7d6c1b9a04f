package dev.rigbus.grpc;

import io.netty.channel.Channel;
import io.netty.util.internal.PlatformDependent;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What has arrived on one connection and waits for its readers. Windows bound that for each call; many slow readers together may still fill
 * the memory of the process. Before they do, connections of slow readers are not read from until theirs have caught up. Belongs to the
 * connection's event loop.
 */
final class Backlog {
    private static final AtomicLong ALL = new AtomicLong();
    private static final long MOST = PlatformDependent.maxDirectMemory() / 4;

    /** So much may wait on any one, whatever the others do. */
    private static final int SHARE = 128 * 1024;

    private final AtomicLong everybodys;
    private final long most;
    private int own;
    private boolean stopped;

    Backlog() {
        this(ALL, MOST);
    }

    /**
     * @param everybodys what waits on all connections of this process together
     * @param most before this much does, nobody is held up
     */
    Backlog(AtomicLong everybodys, long most) {
        this.everybodys = everybodys;
        this.most = most;
    }

    /** @param change in bytes: what came to wait, or, negative, what has been taken or thrown away */
    void change(Channel channel, int change) {
        own += change;
        long all = everybodys.addAndGet(change);
        if (!stopped && own > SHARE && all > most) {
            stopped = true;
            channel.config().setAutoRead(false);
        } else if (stopped && own <= SHARE / 2) {
            stopped = false;
            channel.config().setAutoRead(true);
        }
    }

    /** Whether nothing is read, so that a silent peer is no sign of a lost one. */
    boolean isStopped() {
        return stopped;
    }
}
