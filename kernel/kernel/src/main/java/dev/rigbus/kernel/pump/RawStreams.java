package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import io.netty.channel.EventLoop;

/** The two faces of a stream: a driver's {@link ByteStream} and a {@link RawStream}. */
public final class RawStreams {
    private RawStreams() {}

    /**
     * The stream that a driver returned, in Netty's terms and on the given event loop.
     *
     * @param home the event loop of the driver
     */
    public static RawStream of(ByteStream stream, EventLoop home, EventLoop wanted) {
        RawStream raw =
                stream instanceof RawByteStream wrapped ? wrapped.unwrap() : new ByteStreamAdapter(stream, home);
        return on(raw, wanted);
    }

    /** The same stream, usable on the given event loop. */
    public static RawStream on(RawStream raw, EventLoop wanted) {
        return raw.eventLoop() == wanted ? raw : new LoopBridge(raw, wanted);
    }

    /** The stream as a driver would give it. */
    public static ByteStream byteStream(RawStream raw) {
        return new RawByteStream(raw);
    }
}
