package dev.rigbus.kernel.pump;

import dev.rigbus.driver.ByteStream;
import io.netty.channel.EventLoop;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Executor;

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

    /** Whether a stream is a transport's own, so that its bytes pass no code of a driver. */
    public static boolean isTransport(ByteStream stream) {
        return stream instanceof RawByteStream;
    }

    /** The same stream, usable on the given event loop. */
    public static RawStream on(RawStream raw, EventLoop wanted) {
        return raw.eventLoop() == wanted ? raw : new LoopBridge(raw, wanted);
    }

    /**
     * A stream over two blocking ones.
     *
     * @param threads one for each direction
     * @param onClose runs once, on one of them, and makes a blocked read return
     */
    public static RawStream blocking(
            EventLoop loop, Executor threads, InputStream in, OutputStream out, Runnable onClose) {
        return new BlockingStream(loop, threads, in, out, onClose);
    }

    /** The stream as a driver would give it. */
    public static ByteStream byteStream(RawStream raw) {
        return new RawByteStream(raw);
    }
}
