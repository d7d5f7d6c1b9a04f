package dev.rigbus.kernel.pump;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;

/**
 * A raw stream to a device, in Netty's terms: reference-counted buffers that change owner, and no copy. All methods and callbacks run on the
 * stream's event loop. Nothing is read before {@link #start}.
 */
public interface RawStream {
    /** What the device's side tells. */
    interface Receiver {
        /** One chunk; the receiver owns it. */
        void data(ByteBuf chunk);

        /** No more chunks for now: a good moment to flush. */
        default void readComplete() {}

        /** The device sends no more. */
        void ended();

        /** The device is lost; nothing follows, in either direction. */
        void failed(Throwable cause);

        /** The device takes data again after {@link RawStream#isWritable()} was false. */
        void writable();
    }

    EventLoop eventLoop();

    void start(Receiver receiver);

    /** Gives one chunk to the device and its buffer away; it may stay unsent until {@link #flush()}. */
    void write(ByteBuf chunk);

    void flush();

    boolean isWritable();

    /** The device gets no more; it may go on sending. */
    void end();

    /** Reads no more from the device for now; a little that is under way may still arrive. */
    void pause();

    void resume();

    /** Lets the device go at once. Closing twice is no error. */
    void close();
}
