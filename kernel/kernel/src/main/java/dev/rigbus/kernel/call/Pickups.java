package dev.rigbus.kernel.call;

import dev.rigbus.kernel.pump.RawStream;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Streams that were opened on this node and wait for the one who asked. A ticket is good once, and for seconds. Safe for any thread. */
public final class Pickups {
    private static final long MOST_SECONDS = 10;

    private final Map<UUID, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(Function<EventLoop, RawStream> stream, Runnable expired) {}

    /**
     * Leaves a stream here.
     *
     * @param stream gives the stream on the event loop of the one who picks it up
     * @param abandoned lets the device go if nobody comes
     */
    public UUID leave(Function<EventLoop, RawStream> stream, EventLoop loop, Runnable abandoned) {
        UUID ticket = UUID.randomUUID();
        waiting.put(ticket, new Waiting(stream, abandoned));
        loop.schedule(() -> abandon(ticket), MOST_SECONDS, TimeUnit.SECONDS);
        return ticket;
    }

    private void abandon(UUID ticket) {
        Waiting left = waiting.remove(ticket);
        if (left != null) {
            left.expired.run();
        }
    }

    /** Takes a stream away; fails if the ticket was used or is too old. */
    public RawStream take(UUID ticket, EventLoop loop) {
        Waiting left = waiting.remove(ticket);
        if (left == null) {
            throw new IllegalStateException("the stream was not picked up in time");
        }
        return left.stream.apply(loop);
    }
}
